/** A process that brings output to a log is killed again and again, while a program writes: nothing may be missing. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { bytesWaiting, openFifoForProgram, openFifoToRead } from '../../src/os/fifo.ts';
import { bundleProgram, runBundled } from '../helpers/bundled-program.ts';
import { pause } from '../helpers/wait.ts';
import { makeNamedPipe, readRotated, useFolder } from './places.ts';

const inFolder = useFolder();
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

/** Reads the pipe into the log until its standard input ends; says when it has begun, and when it is at the end. */
const reader = `
  import { openLogTarget } from './src/logging/log-target.ts';
  import { openOutputChannel } from './src/logging/output-channel.ts';
  import { openFifoToRead } from './src/os/fifo.ts';
  import { createReadiness } from './src/os/readiness.ts';

  const [, , pipePath = '', logPath = '', way = ''] = process.argv;
  const readiness = createReadiness({ onDefect: console.error });
  let seen = 0;
  const channel = openOutputChannel({
    pipe: readiness.own(openFifoToRead(pipePath)),
    target: openLogTarget(logPath, {
      maxBytes: way === 'rotated' ? 20_000 : 0,
      backups: 1000,
      onProblem: console.error,
    }),
    stripAnsi: false,
    isLookedAt: () => way === 'followed',
    onBytes: (bytes) => { seen += bytes.length; },
    release: () => {},
    onProblem: console.error,
  });
  process.stdout.write('begun');
  process.stdin.on('end', () => {
    channel.finish('lost');
    process.exit(0);
  }).resume();
`;

const kills = 10;

describe.each(['plain', 'rotated', 'followed'])('a %s log', (way) => {
  test('has every line once and in order, whenever the process that brings them there is killed', async () => {
    bundleProgram(inFolder('reader.mjs'), reader);
    makeNamedPipe(inFolder('pipe'));
    // Keeps what is in the pipe while nobody reads it.
    const held = openFifoToRead(inFolder('pipe'));
    const end = openFifoForProgram(inFolder('pipe'));
    const lines = 'number=0; while :; do number=$((number + 1)); echo "line $number"; done';
    const program = spawn('/bin/sh', ['-c', lines], { stdio: ['ignore', end, 'inherit'] });
    closeSync(end);
    undo.push(() => program.kill('SIGKILL'));
    const begin = async () => {
      const process = runBundled(inFolder('reader.mjs'), inFolder('pipe'), inFolder('a.log'), way);
      undo.push(() => process.kill('SIGKILL'));
      await once(process.stdout, 'data');
      return process;
    };
    for (let count = 0; count < kills; count += 1) {
      const process = await begin();
      await pause(Math.random() * 30);
      process.kill('SIGKILL');
      await once(process, 'exit');
    }
    program.kill('SIGKILL');
    await once(program, 'exit');
    const last = await begin();
    last.stdin.end();
    expect(await once(last, 'exit')).toEqual([0, null]);
    expect(bytesWaiting(held)).toBe(0);
    closeSync(held);
    const log = (way === 'rotated' ? readRotated(inFolder('a.log'), 1000) : readFileSync(inFolder('a.log'))).toString();
    const written = log.split('\n');
    expect(written.length).toBeGreaterThan(1000);
    expect(log === Array.from(written, (line, index) => line && `line ${index + 1}`).join('\n')).toBe(true);
  });
});
