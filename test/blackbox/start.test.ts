import { rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { post } from '../compat/rpc-call.ts';
import { startDaemon } from '../helpers/daemon.ts';
import { Installation } from '../helpers/installation.ts';
import { Sandbox } from '../helpers/sandbox.ts';
import { waitFor } from '../helpers/wait.ts';

/** Notes the name of each file of code, and of each compiled one, that a command reads; loaded before its own code. */
const notesReads = `
const fs = require('node:fs');
const { openSync: open, readFileSync: read } = fs;
const opened = new Map();
fs.openSync = (path, ...rest) => {
  const fd = open(path, ...rest);
  opened.set(fd, path);
  return fd;
};
fs.readFileSync = (path, ...rest) => {
  const name = /[/]dist[/](?:chunks|code[/][^/]*)[/](supervisord)-[0-9a-f]+-([^/]*)$/.exec(opened.get(path) ?? path);
  if (name !== null) fs.appendFileSync(process.env.NOTED_READS, name[2] + '\\n');
  return read(path, ...rest);
};
`;

const program = '[program:cat]\ncommand=/bin/cat\nstartsecs=0\n';

async function startNoting(config: string, env: Readonly<Record<string, string>> = {}) {
  const sandbox = new Sandbox({ files: config });
  writeFileSync(sandbox.path('notes.cjs'), notesReads);
  const daemon = await startDaemon({
    sandbox,
    shell: `export NOTED_READS='${sandbox.path('reads')}' NODE_OPTIONS='--require ${sandbox.path('notes.cjs')}' ${Object.entries(
      env,
    )
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}; exec "$0" "$@"`,
  });
  const reads = () => [...new Set(sandbox.read('reads').split('\n'))].filter((name) => name !== '').toSorted();
  return {
    daemon,
    reads,
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
    },
  };
}

describe.concurrent('the start of a daemon', () => {
  it('loads its main code alone, and what speaks with the command-line client when that asks', async () => {
    await using started = await startNoting(program);
    const { daemon } = started;
    const code = () => started.reads().filter((name) => name.endsWith('.js'));
    await daemon.waitForMessage('cat', 'success');
    expect(code()).toEqual(['main.js']);
    await daemon.waitForStatus('cat', 'RUNNING');
    // And what that shares with others.
    expect(code().filter((name) => !name.startsWith('chunk-'))).toEqual(['main.js', 'session.js']);
  });

  it('loads what speaks HTTP with the first request of that kind', async () => {
    await using started = await startNoting(program);
    const { daemon } = started;
    await daemon.waitForStatus('cat', 'RUNNING');
    get({ socketPath: daemon.sandbox.path('supervisor.sock'), path: '/' }).on('error', () => {});
    await waitFor('the code of HTTP', () => started.reads().includes('http-server.js'));
  });

  it('does the same without kept code', async () => {
    await using started = await startNoting(program, { STATEVISOR_PLAIN: 'all' });
    const { daemon } = started;
    await daemon.waitForMessage('cat', 'success');
    expect(started.reads()).toEqual(['main.js']);
    expect((await daemon.ctl('stop', 'cat')).stdout).toBe('cat: stopped\n');
  });

  it.each(['koffi', 'late-trace', 'spawn,readiness'])('does the same without %s', async (plain) => {
    await using started = await startNoting(`${program}[program:gone]\ncommand=/bin/false\nstartretries=0\n`, {
      STATEVISOR_PLAIN: plain,
    });
    const { daemon } = started;
    await daemon.waitForStatus('cat', 'RUNNING');
    await daemon.waitForStatus('gone', 'FATAL');
    expect((await daemon.ctl('trace', 'gone')).stdout).toContain('FATAL');
    expect((await daemon.ctl('stop', 'cat')).stdout).toBe('cat: stopped\n');
    expect((await daemon.ctl('start', 'cat')).stdout).toBe('cat: started\n');
  });

  it('has all of its code in hand from then on, also what it loads when its files are gone', async () => {
    using installation = new Installation();
    await using sandbox = new Sandbox({ files: program, commands: installation.commands });
    await using daemon = await startDaemon({ sandbox });
    await daemon.waitForStatus('cat', 'RUNNING');
    rmSync(installation.folder, { recursive: true });
    const call = '<?xml version="1.0"?><methodCall><methodName>supervisor.getState</methodName></methodCall>';
    const answer = await post(sandbox.path('supervisor.sock'), call);
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('RUNNING') });
  });
});
