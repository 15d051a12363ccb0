/** XML-RPC: status, type and every byte of the body, of results and of faults, of all methods. */
import { describe } from 'vitest';
import { fixture } from '../../helpers/sandbox.ts';
import { post, rpcCall } from '../rpc-call.ts';
import { sideBySide } from '../side-by-side.ts';
import { file, inAnyOrder, rpc, step, until, untilFile, write } from '../steps.ts';

const forever = `command=${fixture('forever')}\nstartsecs=1`;

/** A body sent to /RPC2 as it is. */
const body = (text: string) => step(`POST ${text}`, ({ sandbox }) => post(sandbox.path('supervisor.sock'), text));

describe('rpc', () => {
  sideBySide('what the daemon says of itself', {
    config: `[supervisord]\nidentifier=näme & <co>\n[program:a]\n${forever}`,
    steps: [
      until('a', 'RUNNING'),
      ...['getAPIVersion', 'getVersion', 'getSupervisorVersion', 'getIdentification', 'getState'].map((name) =>
        rpc(`supervisor.${name}`),
      ),
      rpc('system.listMethods'),
      rpc('system.methodSignature', 'supervisor.startProcess'),
      rpc('system.methodSignature', 'supervisor.nothing'),
      rpc('system.methodHelp', 'supervisor.nothing'),
      rpc('supervisor.nothing'),
      rpc('nothing.getState'),
      rpc('getState'),
      rpc('supervisor.getState', 1),
      rpc('supervisor._update', 'x'),
      rpc('supervisor.getState.__class__'),
    ],
  });

  sideBySide('what it says of processes', {
    config: `[group:team]\nprograms=a,b\n[program:a]\n${forever}\n[program:b]\n${forever}\nautostart=false
[program:exited]\ncommand=/bin/sh -c "exit 7"\nstartsecs=0\nautorestart=false\nstdout_logfile=%(here)s/exited.out
[program:fatal]\ncommand=/no/such/file\nstartretries=0`,
    steps: [
      until('a', 'RUNNING'),
      until('exited', 'EXITED'),
      until('fatal', 'FATAL'),
      rpc('supervisor.getAllProcessInfo'),
      rpc('supervisor.getProcessInfo', 'team:a'),
      rpc('supervisor.getProcessInfo', 'a'),
      rpc('supervisor.getProcessInfo', 'team:*'),
      rpc('supervisor.getProcessInfo', 'exited'),
      rpc('supervisor.getProcessInfo', 'exited:exited'),
      rpc('supervisor.getProcessInfo', ''),
      rpc('supervisor.getProcessInfo'),
    ],
  });

  sideBySide('starting, stopping and signalling', {
    config: `[group:team]\nprograms=a,b\n[program:a]\n${forever}\n[program:b]\n${forever}
[program:fatal]\ncommand=/no/such/file\nstartretries=0\n[program:plain]\ncommand=/etc/hostname\nstartretries=0
[program:early]\ncommand=/bin/sh -c "exit 1"\nstartsecs=60\nstartretries=0\nautostart=false`,
    steps: [
      until('a', 'RUNNING'),
      until('b', 'RUNNING'),
      until('fatal', 'FATAL'),
      until('plain', 'FATAL'),
      rpc('supervisor.startProcess', 'team:a'),
      rpc('supervisor.startProcess', 'nothing'),
      rpc('supervisor.startProcess', 'team:nothing'),
      rpc('supervisor.startProcess', 'fatal'),
      rpc('supervisor.startProcess', 'plain'),
      rpc('supervisor.startProcess', 'early'),
      rpc('supervisor.stopProcess', 'team:a'),
      rpc('supervisor.stopProcess', 'team:a'),
      rpc('supervisor.stopProcess', 'nothing'),
      rpc('supervisor.startProcess', 'team:a', 1),
      inAnyOrder(rpc('supervisor.stopProcessGroup', 'team')),
      inAnyOrder(rpc('supervisor.startProcess', 'team:*')),
      inAnyOrder(rpc('supervisor.stopProcess', 'team:*', true)),
      inAnyOrder(rpc('supervisor.startProcessGroup', 'team', true)),
      rpc('supervisor.startProcessGroup', 'nothing'),
      rpc('supervisor.stopProcessGroup', 'nothing'),
      rpc('supervisor.signalProcess', 'team:a', 'HUP'),
      rpc('supervisor.signalProcess', 'nothing', 'HUP'),
      rpc('supervisor.signalProcess', 'fatal', 'HUP'),
      until('a', 'RUNNING', 5),
      inAnyOrder(rpc('supervisor.startProcess', 'team:*')),
      rpc('supervisor.signalProcessGroup', 'team', 'URG'),
      rpc('supervisor.signalProcess', 'team:b', 'NOPE'),
      rpc('supervisor.signalProcess', 'team:b', '0'),
      rpc('supervisor.signalProcess', 'team:*', 'WINCH'),
      rpc('supervisor.signalProcessGroup', 'nothing', 'HUP'),
      rpc('supervisor.signalAllProcesses', 'CONT'),
    ],
  });

  sideBySide('the logs of programs', {
    config: `[program:a]\ncommand=/bin/sh -c "printf '0123456789 <&> \\\\303\\\\274'; echo oops >&2; exec sleep 86400"
startsecs=0\nstdout_logfile=%(here)s/a.out\nstderr_logfile=%(here)s/a.err
[program:none]\n${forever}\nstdout_logfile=NONE`,
    steps: [
      until('a', 'RUNNING'),
      untilFile('a.out', 'ü'),
      untilFile('a.err', 'oops'),
      rpc('supervisor.readProcessStdoutLog', 'a', 0, 0),
      rpc('supervisor.readProcessStdoutLog', 'a', 2, 3),
      rpc('supervisor.readProcessStdoutLog', 'a', -4, 0),
      rpc('supervisor.readProcessStdoutLog', 'a', 0, -1),
      rpc('supervisor.readProcessStdoutLog', 'a', -3, 2),
      rpc('supervisor.readProcessStdoutLog', 'a', 100, 5),
      rpc('supervisor.readProcessStderrLog', 'a', 0, 10),
      rpc('supervisor.readProcessLog', 'a', 0, 4),
      rpc('supervisor.readProcessStdoutLog', 'none', 0, 10),
      rpc('supervisor.readProcessStdoutLog', 'nothing', 0, 10),
      rpc('supervisor.tailProcessStdoutLog', 'a', 0, 4),
      rpc('supervisor.tailProcessStdoutLog', 'a', 10, 100),
      rpc('supervisor.tailProcessStderrLog', 'a', 0, 3),
      rpc('supervisor.tailProcessStderrLog', 'nothing', 0, 3),
      rpc('supervisor.tailProcessLog', 'a', 17, 3),
      rpc('supervisor.clearProcessLogs', 'a'),
      file('a.out'),
      rpc('supervisor.clearProcessLog', 'a'),
      rpc('supervisor.clearProcessLogs', 'nothing'),
      rpc('supervisor.readMainLog', -1, 3),
      rpc('supervisor.readLog', 0, -1),
    ],
  });

  sideBySide('input, and events of others', {
    config: `[program:a]\ncommand=${fixture('echo-stdin')}\nstartsecs=0\nstdout_logfile=%(here)s/a.out
[program:b]\n${forever}\nautostart=false`,
    steps: [
      until('a', 'RUNNING'),
      rpc('supervisor.sendProcessStdin', 'a', 'grüße & <more>\n'),
      untilFile('a.out', '<more>'),
      rpc('supervisor.sendProcessStdin', 'b', 'x'),
      rpc('supervisor.sendProcessStdin', 'nothing', 'x'),
      rpc('supervisor.sendRemoteCommEvent', 'type', 'data'),
    ],
  });

  sideBySide('configuration and groups', {
    config: `[program:a]\n${forever}\n[program:b]\n${forever}`,
    steps: [
      until('a', 'RUNNING'),
      until('b', 'RUNNING'),
      rpc('supervisor.addProcessGroup', 'a'),
      rpc('supervisor.addProcessGroup', 'nothing'),
      rpc('supervisor.removeProcessGroup', 'a'),
      rpc('supervisor.removeProcessGroup', 'nothing'),
      write('supervisord.conf', `[program:a]\n${forever}\npriority=1\n[program:c]\n${forever}`),
      rpc('supervisor.reloadConfig'),
      rpc('supervisor.addProcessGroup', 'c'),
      rpc('supervisor.stopProcess', 'b'),
      rpc('supervisor.removeProcessGroup', 'b'),
      rpc('supervisor.reloadConfig'),
      write('supervisord.conf', '[program:a]\nnumprocs=x'),
      rpc('supervisor.reloadConfig'),
    ],
  });

  sideBySide('the whole configuration', {
    config: `[group:team]\nprograms=many\npriority=3
[program:many]\n${forever}\nautostart=false\nnumprocs=2\nprocess_name=%(program_name)s_%(process_num)d\npriority=4
autorestart=true\nexitcodes=1,2\nstopsignal=INT\nstopasgroup=true\nstdout_logfile=%(here)s/%(process_num)d.out
stdout_logfile_maxbytes=3MB\nstdout_logfile_backups=7\nredirect_stderr=true\nenvironment=A="b"\ndirectory=/tmp\numask=027
user=nobody\nserverurl=unix:///some.sock\nstdout_events_enabled=true\nstdout_capture_maxbytes=2KB\nstopwaitsecs=3
[program:plain]\n${forever}\nautostart=false\nstderr_logfile=NONE\nstdout_syslog=true`,
    steps: [
      step('supervisor.getAllConfigInfo without what later versions have', async ({ sandbox }) => {
        const { body } = await rpcCall(sandbox.path('supervisor.sock'), 'supervisor.getAllConfigInfo', []);
        return body.replace(/<member>\n<name>autorestart<\/name>\n.*\n<\/member>\n/g, '');
      }),
    ],
  });

  sideBySide('many calls at once', {
    config: `[program:a]\n${forever}`,
    steps: [
      until('a', 'RUNNING'),
      rpc('system.multicall', [
        { methodName: 'supervisor.getState', params: [] },
        { methodName: 'supervisor.stopProcess', params: ['a'] },
        { methodName: 'supervisor.stopProcess', params: ['a'] },
        { methodName: 'supervisor.startProcess', params: ['nothing'] },
        { methodName: 'system.multicall', params: [[]] },
        { methodName: 'no.such', params: [] },
        { params: [] },
        { methodName: 'supervisor.startProcess', params: ['a', true] },
      ]),
      rpc('system.multicall', []),
    ],
  });

  sideBySide('bodies that are no call', {
    config: `[program:a]\n${forever}`,
    steps: [
      body('<methodCall>'),
      body('no xml'),
      body('<methodCall><params/></methodCall>'),
      body('<methodCall><methodName>supervisor.getState</methodName></methodCall>'),
      body('<methodCall><methodName>supervisor.getIdentification</methodName><params></params></methodCall>'),
      body(
        '<methodCall><methodName>supervisor.getProcessInfo</methodName><params><param><value>nothing</value></param></params></methodCall>',
      ),
    ],
  });
});
