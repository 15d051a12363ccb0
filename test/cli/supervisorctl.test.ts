import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dispatch } from '../../src/commands/method.ts';
import { Fault } from '../../src/model/errors.ts';
import { supervisorctlPath } from '../helpers/sandbox.ts';
import { serve } from '../server/serve.ts';
import { processInfo } from './control/fake-session.ts';

const cat = 'cat                              STOPPED   Not started\n';
const pythonFound = spawnSync('python3', ['-c', 'import pty']).status === 0;

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** A server with one process, a folder with a configuration that leads to it, and the command. */
async function stage(more: Dispatch = async (name) => Promise.reject(Fault.of('UNKNOWN_METHOD', name))) {
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-cli-'));
  const calls: string[] = [];
  const served = await serve({
    dispatch: async (name, params, session) => {
      if (name === 'supervisor.getVersion') return '3.0';
      calls.push(name);
      if (name === 'supervisor.getAllProcessInfo') return [processInfo('cat', 'STOPPED')];
      if (name === 'supervisor.getSupervisorVersion') return '4.2.5';
      return more(name, params, session);
    },
  });
  const configuration = join(folder, 'supervisord.conf');
  const history = join(folder, 'history');
  writeFileSync(
    configuration,
    `[supervisorctl]\nserverurl=unix://${served.path}\nprompt=sup\nhistory_file=${history}\n`,
  );
  const start = (...argv: readonly string[]) =>
    spawn(supervisorctlPath, argv, { cwd: folder, env: { PATH: process.env.PATH ?? '', HOME: folder } });
  return {
    folder,
    configuration,
    history,
    calls,
    server: served,
    start,
    run: (argv: readonly string[], input = '') => finish(start(...argv), input),
    type: (steps: readonly (readonly [string, string])[], ...argv: readonly string[]) =>
      typeInto(folder, steps, [supervisorctlPath, '-c', configuration, ...argv]),
    [Symbol.asyncDispose]: async () => {
      await served[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

async function finish(child: ReturnType<typeof spawn>, input = ''): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  // A command that reads nothing may have ended before.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const [status] = await once(child, 'close');
  return { stdout, stderr, status };
}

/** What a user sees who waits for each text and then types; escape sequences and carriage returns are left out. */
async function typeInto(folder: string, steps: readonly (readonly [string, string])[], command: readonly string[]) {
  const driver = join(import.meta.dirname, 'fixtures/terminal.py');
  const child = spawn('python3', [driver, JSON.stringify(steps), ...command], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, TERM: 'xterm', COLUMNS: '80' },
  });
  const { stdout, stderr } = await finish(child);
  expect(stderr).toBe('');
  const { transcript, ...rest } = JSON.parse(stdout) as { transcript: string; status: number; signal: number | null };
  const [plain = '', ...escaped] = transcript.split('\u001b');
  const seen = plain + escaped.map((text) => text.replace(/^\[[0-9;?]*[A-Za-z]/, '')).join('');
  return { seen: seen.replaceAll('\r', ''), ...rest };
}

describe('supervisorctl', () => {
  it('runs one action and ends with its status', async () => {
    await using here = await stage();
    expect(await here.run(['-c', here.configuration, 'status'])).toEqual({ stdout: cat, stderr: '', status: 3 });
    expect(await here.run(['version'])).toEqual({ stdout: '4.2.5\n', stderr: '', status: 0 });
    expect(await here.run(['-s', `unix://${here.server.path}`, 'status', 'nope'])).toEqual({
      stdout: 'nope: ERROR (no such process)\n',
      stderr: '',
      status: 4,
    });
  });

  it('joins its words and reads them again as one line', async () => {
    const seen: unknown[] = [];
    await using here = await stage(async (name, params) => seen.push([name, ...params]) > 0);
    expect((await here.run(['signal HUP', 'web'])).stdout).toBe('web: signalled\n');
    expect((await here.run(['signal', 'HUP', 'web'])).stdout).toBe('web: signalled\n');
    expect((await here.run(['signal HUP web'])).stdout).toBe('web: signalled\n');
    expect(seen).toEqual(Array(3).fill(['supervisor.signalProcess', 'web', 'HUP']));
  });

  it('keeps hints away from standard output', async () => {
    await using here = await stage();
    const nowhere = `unix://${join(here.folder, 'none.sock')}`;
    expect(await here.run(['-s', nowhere, 'status'])).toEqual({
      stdout: `${nowhere} no such file\n`,
      stderr:
        `hint: there is no socket ${join(here.folder, 'none.sock')}: supervisord is not running, ` +
        `or it uses another socket\nhint: the address ${nowhere} was given with -s; ` +
        'the configuration file read was supervisord.conf\n',
      status: 4,
    });
  });

  it('refuses mistakes on its command line and in its configuration with status 2', async () => {
    await using here = await stage();
    const help = `For help, use ${supervisorctlPath} -h\n`;
    expect(await here.run(['-x'])).toEqual({
      stdout: '',
      stderr: `Error: option -x not recognized\n${help}`,
      status: 2,
    });
    expect(await here.run(['-c', 'nope.conf', 'status'])).toEqual({
      stdout: '',
      stderr: `Error: could not find config file nope.conf\n${help}`,
      status: 2,
    });
    writeFileSync(here.configuration, '[supervisord]\n');
    expect(await here.run(['-s', `unix://${here.server.path}`, 'status'])).toEqual({
      stdout: '',
      stderr: `Error: .ini file does not include supervisorctl section\n${help}`,
      status: 2,
    });
  });

  it('prints its help on standard output', async () => {
    await using here = await stage();
    const { stdout, stderr, status } = await here.run(['-h']);
    expect(stdout).toContain(`\nUsage: ${supervisorctlPath} [options] [action [arguments]]\n`);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  it('reads a shell from a pipe, with prompts, and ends with status 0', async () => {
    await using here = await stage();
    expect(await here.run([], 'version\nstatus nope\nquit\nversion\n')).toEqual({
      stdout: `${cat}sup> 4.2.5\nsup> nope: ERROR (no such process)\nsup> \n`,
      stderr: '',
      status: 0,
    });
    expect((await here.run([])).stdout).toBe(`${cat}sup> \n`);
  });

  it('ends quietly when nobody reads its output any more, but only after its work', async () => {
    await using here = await stage(async () => true);
    const child = here.start('stop', 'a', 'b', 'c');
    child.stdout.destroy();
    const { stderr, status } = await finish(child);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(here.calls.filter((name) => name === 'supervisor.stopProcess')).toHaveLength(3);
  });

  it('does not claim success for output that could not be written', async () => {
    await using here = await stage();
    const command = ['-c', `exec "$0" version > /dev/full`, supervisorctlPath];
    const child = spawn('/bin/sh', command, { cwd: here.folder, env: { PATH: process.env.PATH ?? '' } });
    const { stderr, status } = await finish(child);
    expect(stderr).toMatch(/^standard output cannot be written: ENOSPC.*\n$/);
    expect(status).toBe(1);
  });

  it('follows a log until it is interrupted, and ends with status 0', async () => {
    await using here = await stage(async (name, _params, session) => {
      if (name === 'subscribe.log') {
        setImmediate(() => session.notify?.('log.bytes', [7, Buffer.from('line\n')]));
        return { subscription: 7, path: '/log' };
      }
      return true;
    });
    const child = here.start('tail', '-f', 'cat');
    const shown = new Promise<void>((resolve) => {
      let seen = '';
      child.stdout.on('data', (chunk) => {
        seen += chunk;
        if (seen.includes('line\n')) resolve();
      });
    });
    const ended = finish(child);
    await shown;
    child.kill('SIGINT');
    expect(await ended).toEqual({ stdout: '==> Press Ctrl-C to exit <==\nline\n\n', stderr: '', status: 0 });
  });
});

describe.skipIf(!pythonFound)('supervisorctl on a terminal (needs python3)', () => {
  it('runs a shell until Ctrl-D or Ctrl-C', async () => {
    await using here = await stage();
    for (const key of ['\u0003', '\u0004']) {
      expect(await here.type([['sup> ', key]])).toEqual({
        seen: `${cat}sup> \n`,
        status: 0,
        signal: null,
        problem: null,
      });
    }
  });

  it('completes names', async () => {
    await using here = await stage();
    const { seen, status } = await here.type([
      ['sup> ', 'vers'],
      ['vers', '\t'],
      ['ion ', '\r'],
      ['sup> ', 'status c'],
      ['status c', '\t'],
      ['at ', '\r'],
      ['sup> ', 'quit\r'],
    ]);
    expect(seen).toContain(`sup> version \n4.2.5\nsup> status cat \n${cat}sup> quit\n\n`);
    expect(status).toBe(0);
  });

  it('keeps the lines typed to the prompt, and no answers, in its history', async () => {
    await using here = await stage(async () => true);
    writeFileSync(here.history, 'version\n');
    const steps: [string, string][] = [
      ['sup> ', 'shutdown\r'],
      ['y/N? ', 'no\r'],
      ['sup> ', '\u001b[A\u001b[A'],
      ['version', '\r'],
      ['sup> ', 'quit\r'],
    ];
    const { seen } = await here.type(steps);
    expect(seen).toContain('y/N? no\nsup> ');
    expect(readFileSync(here.history, 'utf8')).toBe('version\nshutdown\nversion\nquit\n');
    expect(here.calls).not.toContain('supervisor.shutdown');
  });

  it('takes several lines at once', async () => {
    await using here = await stage();
    const { seen, status } = await here.type([['sup> ', 'version\rhelp quit\rquit\r']]);
    expect(seen).toContain('\n4.2.5\nsup> help quit\nquit\tExit the supervisor shell.\nsup> quit\n\n');
    expect(status).toBe(0);
  });

  it('leaves a program in the foreground at Ctrl-C and Ctrl-D, and stays', async () => {
    await using here = await stage(async (name) => {
      if (name === 'supervisor.getProcessInfo') return processInfo('cat', 'RUNNING');
      if (name === 'subscribe.log') throw Fault.of('NO_FILE');
      return true;
    });
    const { seen, status } = await here.type([
      ['sup> ', 'fg cat\r'],
      ['404', 'helx\u007flo\r'],
      ['helx\b \blo', '\u0003'],
      ['sup> ', 'fg cat\r'],
      ['404', '\u0004'],
      ['sup> ', 'quit\r'],
    ]);
    expect(seen.match(/Exiting foreground\n/g)).toHaveLength(2);
    expect(seen.endsWith('sup> quit\n\n')).toBe(true);
    expect(here.calls.filter((name) => name === 'supervisor.sendProcessStdin')).toHaveLength(1);
    expect(status).toBe(0);
  });

  it('interrupts an action that waits, and with it the shell', async () => {
    await using here = await stage(async (_name, [process]) => process === 'quick' || new Promise(() => undefined));
    const { seen, status } = await here.type([
      ['sup> ', 'start quick slow\r'],
      ['quick: started', '\u0003'],
    ]);
    expect(seen).toMatch(/sup> start quick slow\nquick: started\n(?:\^C)?\n$/);
    expect(status).toBe(0);
  });
});
