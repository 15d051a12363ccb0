import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import { createNodeOs } from '../../src/os/node-os.ts';
import type { Os, SpawnRequest } from '../../src/os/os.ts';
import { createReadiness, type Readiness } from '../../src/os/readiness.ts';
import { createReaper, type Reaper } from '../../src/os/reaper.ts';
import { waitFor } from '../helpers/wait.ts';

describe.each([
  ['posix_spawn', false],
  ["Node's own means", true],
])('a program that is started by %s', (_, plainSpawn) => {
  let folder: string;
  let reaper: Reaper;
  let readiness: Readiness;
  let os: Os;
  const fail = (error: unknown): void => {
    throw error;
  };

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'statevisor-spawn-')));
    reaper = createReaper({ onOrphan: () => {}, onSignal: () => {} });
    readiness = createReadiness({ onDefect: fail });
    os = createNodeOs({
      reaper,
      readiness,
      environment: {},
      programFileLimit: 512n,
      onTreeMethod: () => {},
      plainSpawn,
    });
  });
  afterEach(() => {
    reaper.close();
    readiness.close();
    rmSync(folder, { recursive: true });
  });

  const run = async (request: Partial<SpawnRequest>) => {
    const output = join(folder, 'output');
    const [stdin, stdout] = [openSync('/dev/null', 'r'), openSync(output, 'w')];
    let end: ExitStatus | null = null;
    const outcome = os.spawn(
      {
        file: '/bin/sh',
        argv: ['sh'],
        environment: {},
        directory: null,
        umask: null,
        user: null,
        stdin,
        stdout,
        stderr: stdout,
        tree: null,
        ...request,
      },
      (status) => {
        end = status;
      },
    );
    for (const fd of [stdin, stdout]) closeSync(fd);
    if (outcome.kind !== 'spawned') return { outcome };
    await waitFor('its end', () => end !== null);
    expect(reaper.living()).toEqual([]);
    return { pid: outcome.pid, end, output: readFileSync(output, 'utf8') };
  };
  const shell = (script: string, more: Partial<SpawnRequest> = {}) => run({ argv: ['sh', '-c', script], ...more });
  const script = (text: string, mode = 0o755): string => {
    const path = join(folder, 'script');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  it.each([
    ['exit 0', { kind: 'exited', code: 0 }],
    ['exit 7', { kind: 'exited', code: 7 }],
    ['kill -TERM $$', { kind: 'signalled', signal: 'SIGTERM', coreDumped: false }],
    ['kill -KILL $$', { kind: 'signalled', signal: 'SIGKILL', coreDumped: false }],
  ])('has its end reported: %s', async (text, end) => {
    expect((await shell(text)).end).toEqual(end);
  });

  it('gets just the environment it is given, and its arguments with the name it is called by', async () => {
    const environment = { ONE: 'a=b', TWO: '', DREI: 'ü\n' };
    const { output } = await run({ file: '/usr/bin/env', argv: ['env', '-0'], environment });
    expect(output?.split('\0').filter((entry) => entry !== '')).toEqual(['ONE=a=b', 'TWO=', 'DREI=ü\n']);
    const named = await run({ argv: ['called', '-c', 'tr "\\0" "|" < /proc/$$/cmdline; exit', 'x', ' y '] });
    expect(named.output).toBe('called|-c|tr "\\0" "|" < /proc/$$/cmdline; exit|x| y |');
  });

  it('begins in its directory, with its umask and the limit of files, and changes none of ours', async () => {
    const before = { directory: process.cwd(), umask: process.umask() };
    const { output } = await shell('pwd; umask; ulimit -Sn', { directory: folder, umask: 0o027 });
    expect(output).toBe(`${folder}\n0027\n512\n`);
    expect({ directory: process.cwd(), umask: process.umask() }).toEqual(before);
  });

  it('leads its own process group, has no signal blocked or ignored, and no descriptor but its three', async () => {
    const { pid, output } = await shell(
      'ps -o pgid= -p $$; grep -E "^Sig(Blk|Ign)" /proc/self/status; ls -x /proc/$$/fd',
    );
    const [group, blocked, ignored, descriptors] = output?.split('\n') ?? [];
    expect(Number(group)).toBe(pid);
    expect([blocked, ignored]).toEqual(['SigBlk:\t0000000000000000', 'SigIgn:\t0000000000000000']);
    expect(descriptors?.split(/\s+/).slice(0, 3)).toEqual(['0', '1', '2']);
    expect(descriptors?.split(/\s+/).filter((fd) => Number(fd) > 2 && Number(fd) < 10)).toEqual([]);
  });

  it.each([
    ['a script without an interpreter', () => ({ file: script('exit 0\n') }), { kind: 'exec', reason: 'ENOEXEC' }],
    ['an interpreter that is not there', () => ({ file: '/no/such' }), { kind: 'exec', reason: 'ENOENT' }],
    [
      'a file that is not executable',
      () => ({ file: script('#!/bin/sh\n', 0o644) }),
      { kind: 'exec', reason: 'EACCES' },
    ],
    ['a directory that is not there', () => ({ directory: '/no/such' }), { kind: 'directory', reason: 'ENOENT' }],
  ])('is refused at once: %s', async (_title, request, outcome) => {
    expect(await run(request())).toEqual({ outcome });
  });

  it('is one of many that end at once, and each end is reported once', async () => {
    const ends: ExitStatus[] = [];
    const nowhere = openSync('/dev/null', 'r+');
    const io = {
      stdin: nowhere,
      stdout: nowhere,
      stderr: nowhere,
      tree: null,
      directory: null,
      umask: null,
      user: null,
    };
    for (let code = 0; code < 40; code += 1) {
      const argv = ['sh', '-c', `exit ${code}`];
      os.spawn({ file: '/bin/sh', argv, environment: {}, ...io }, (status) => ends.push(status));
    }
    closeSync(nowhere);
    await waitFor('all ends', () => ends.length >= 40);
    expect(reaper.living()).toEqual([]);
    expect(ends.map((end) => (end.kind === 'exited' ? end.code : -1)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_value, code) => code),
    );
  });
});
