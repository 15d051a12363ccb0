/** FastCGI programs: the socket that their processes share, and what is said of it. */
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { describe } from 'vitest';
import { fixture } from '../../helpers/sandbox.ts';
import { sideBySide } from '../side-by-side.ts';
import { ctl, logAbout, rpc, step, typed, until } from '../steps.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;

const permissions = (name: string) =>
  step(`the permissions of ${name}`, async ({ sandbox }) => {
    const found = statSync(sandbox.path(name), { throwIfNoEntry: false });
    return found === undefined ? 'absent' : { mode: found.mode.toString(8), user: found.uid, group: found.gid };
  });

const isAboutSocket = (line: string): boolean => line.includes('socket');

/** Says what its standard input is, and tries to take a connection that nobody makes. */
const inspects = `/usr/bin/python3 -c "import os,socket,stat
s=socket.socket(fileno=os.dup(0))
print(stat.S_ISSOCK(os.fstat(0).st_mode), s.family, s.type, os.get_blocking(0), s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN), flush=True)
import time; time.sleep(86400)"`;

const connects = (port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    socket.on('connect', () => {
      socket.destroy();
      resolve('connected');
    });
  });

describe('fcgi', () => {
  sideBySide('a socket in the file system, shared by the processes of a program', {
    config: `[fcgi-program:f]\n${forever}\nsocket=unix://%(here)s/f.sock\nsocket_mode=0640\nnumprocs=2
process_name=%(program_name)s%(process_num)d`,
    steps: [
      until('f0', 'RUNNING'),
      until('f1', 'RUNNING'),
      permissions('f.sock'),
      typed('status', 'stop f:f0', 'status'),
      permissions('f.sock'),
      rpc('supervisor.sendProcessStdin', 'f:f1', 'x'),
      ctl('stop', 'f:*'),
      permissions('f.sock'),
      ctl('start', 'f:f1'),
      permissions('f.sock'),
      rpc('supervisor.getProcessInfo', 'f:f1'),
      logAbout('f0'),
      step('the log about the socket', async ({ daemon }) => {
        const messages = daemon.messages();
        // The original opens it once more while it reads the configuration, so as to fail as a whole.
        return messages.slice(messages.findIndex((line) => line.includes('started with'))).filter(isAboutSocket);
      }),
    ],
  });

  sideBySide('a socket on TCP, and a program that is not there', {
    config: (port) => `[fcgi-program:f]\n${forever}\nsocket=tcp://127.0.0.1:${port}
[fcgi-program:absent]\ncommand=/no/such/file\nsocket=unix://%(here)s/absent.sock\nstartretries=0`,
    steps: [
      until('f', 'RUNNING'),
      until('absent', 'FATAL'),
      step('a connection', ({ port }) => connects(port)),
      ctl('stop', 'f'),
      step('a connection after the stop', ({ port }) => connects(port)),
      ctl('status'),
    ],
  });

  sideBySide('what a program finds at its standard input', {
    config: `[fcgi-program:f]\ncommand=${inspects.replaceAll('\n', ';')}\nstartsecs=0\nsocket=unix://%(here)s/f.sock
stdout_logfile=%(here)s/f.out`,
    steps: [until('f', 'RUNNING'), step('f.out', ({ daemon }) => daemon.waitForFile('f.out', '\n'))],
  });
});
