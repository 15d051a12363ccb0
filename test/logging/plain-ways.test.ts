/** What is logged is the same whichever shortcuts are taken. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLogTarget } from '../../src/logging/log-target.ts';
import { type OutputChannel, openOutputChannel } from '../../src/logging/output-channel.ts';
import { growPipe, pipeCapacity } from '../../src/os/fifo.ts';
import { pipe, setNonBlocking } from '../../src/os/native.ts';
import { waitFor } from '../helpers/wait.ts';
import { numberedLines, useReadiness } from './places.ts';

const readiness = useReadiness();

describe.each(['', 'splice', 'pipe-size', 'all'])('with the plain way for "%s"', (plain) => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'statevisor-logging-'));
    vi.stubEnv('STATEVISOR_PLAIN', plain);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  function open(name: string, isLookedAt: boolean) {
    const { readFd, writeFd } = pipe();
    setNonBlocking(readFd);
    const watched = readiness.own(readFd);
    const seen: Buffer[] = [];
    const path = join(folder, name);
    const channel: OutputChannel = openOutputChannel({
      pipe: watched,
      target: openLogTarget(path, { maxBytes: 0, backups: 0, onProblem: expect.unreachable }),
      stripAnsi: false,
      isLookedAt: () => isLookedAt,
      onBytes: (bytes) => seen.push(Buffer.from(bytes)),
      release: () => watched.close(),
      onProblem: expect.unreachable,
    });
    return { channel, writeFd, logged: () => readFileSync(path), seen: () => Buffer.concat(seen) };
  }

  it.each([
    ['small', 'dd if=/dev/urandom bs=100 count=20000 status=none'],
    ['large', 'dd if=/dev/urandom bs=64k count=100 status=none'],
  ])('a flood of %s writes is logged as it was written', async (_, command) => {
    const { channel, writeFd, logged } = open('a.log', false);
    const written = join(folder, 'written');
    const child = spawn('/bin/sh', ['-c', `${command} | tee ${written}`], { stdio: ['ignore', writeFd, 'inherit'] });
    closeSync(writeFd);
    await once(child, 'exit');
    channel.finish('lost');
    expect(logged().equals(readFileSync(written))).toBe(true);
  });

  it('a line is logged without another one', async () => {
    const { channel, writeFd, logged } = open('a.log', false);
    writeSync(writeFd, 'a line\n');
    await waitFor('the line', () => logged().toString() === 'a line\n');
    closeSync(writeFd);
    channel.finish('lost');
  });

  it('whoever looks sees what is logged', async () => {
    const { channel, writeFd, logged, seen } = open('a.log', true);
    const lines = numberedLines(2000);
    writeSync(writeFd, lines);
    closeSync(writeFd);
    await waitFor('all lines', () => logged().length === lines.length);
    channel.finish('lost');
    expect(logged().toString()).toBe(lines.toString());
    expect(seen().equals(logged())).toBe(true);
  });

  it('any pieces are logged in their order', async () => {
    let number = 0;
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.boolean(), async (chunks, isLookedAt) => {
        number += 1;
        const { channel, writeFd, logged } = open(`${number}.log`, isLookedAt);
        for (const [index, chunk] of chunks.entries()) {
          writeSync(writeFd, chunk);
          if (index % 3 === 0) await new Promise(setImmediate);
        }
        closeSync(writeFd);
        channel.finish('lost');
        expect(logged().equals(Buffer.concat(chunks))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('pipes grow only as a shortcut', () => {
    const { readFd, writeFd } = pipe();
    const before = pipeCapacity(readFd);
    growPipe(readFd, 4 * before);
    expect(pipeCapacity(readFd)).toBe(plain === '' || plain === 'splice' ? 4 * before : before);
    closeSync(readFd);
    closeSync(writeFd);
  });
});
