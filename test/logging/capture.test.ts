import { closeSync, readFileSync, writeSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureBuffer, CaptureScanner } from '../../src/logging/capture.ts';
import { openLogTarget } from '../../src/logging/log-target.ts';
import { openOutputChannel } from '../../src/logging/output-channel.ts';
import { makePipe, useFolder, useReadiness } from './places.ts';

const begin = '<!--XSUPERVISOR:BEGIN-->';
const end = '<!--XSUPERVISOR:END-->';

/** What lies outside and inside of captures, tokens as brackets. */
function scan(...pieces: readonly string[]): string {
  const scanner = new CaptureScanner();
  const found = [...pieces.flatMap((piece) => scanner.push(Buffer.from(piece, 'latin1'))), ...scanner.end()];
  return found
    .map((piece) => {
      if (piece.kind === 'text') return Buffer.from(piece.bytes).toString('latin1');
      return piece.kind === 'begin' ? '[' : ']';
    })
    .join('');
}

describe('tokens', () => {
  test('are found, and are no output', () => {
    expect(scan(`a${begin}b${end}c${begin}${end}d`)).toBe('a[b]c[]d');
  });

  test('of the other kind mean nothing', () => {
    expect(scan(`a${end}b${begin}c${begin}d${end}`)).toBe(`a${end}b[c${begin}d]`);
  });

  test('are found wherever the output is cut, and no byte is lost or moved', () => {
    const part = fc.constantFrom(begin, end, 'text', '<!--', '<!--XSUPERVISOR:', '<', '-->', '\n');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.integer({ min: 1, max: 30 }), (parts, size) => {
        const output = parts.join('');
        const cut = output.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
        const whole = scan(output);
        expect(scan(...cut)).toBe(whole);
        expect(whole.replaceAll('[', begin).replaceAll(']', end)).toBe(output);
      }),
    );
  });

  test('keep back no more than what may be their beginning', () => {
    const scanner = new CaptureScanner();
    const now = scanner.push(Buffer.from('a prompt> <!-'));
    expect(now.map((piece) => piece.kind === 'text' && Buffer.from(piece.bytes).toString())).toEqual(['a prompt> ']);
  });
});

test('a capture keeps the end of what is longer than its bound', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), fc.integer({ min: 1, max: 30 }), (chunks, maxBytes) => {
      const buffer = new CaptureBuffer(maxBytes);
      for (const chunk of chunks) buffer.append(chunk);
      const all = Buffer.concat(chunks);
      expect(Buffer.from(buffer.take())).toEqual(all.subarray(Math.max(0, all.length - maxBytes)));
      expect(buffer.take()).toHaveLength(0);
    }),
  );
});

describe('the output of a program that communicates', () => {
  const inFolder = useFolder();
  const readiness = useReadiness();

  function run(output: string, options: { readonly stripAnsi?: boolean; readonly maxBytes?: number } = {}) {
    const { readFd, writeFd } = makePipe(inFolder('pipe'));
    const pipe = readiness.own(readFd);
    const captures: string[] = [];
    const told: string[] = [];
    const path = inFolder('a.log');
    const channel = openOutputChannel({
      pipe,
      isLookedAt: () => true,
      release: () => pipe.close(),
      target: openLogTarget(path, { maxBytes: 0, backups: 0, onProblem: expect.unreachable }),
      stripAnsi: options.stripAnsi ?? false,
      capture: {
        maxBytes: options.maxBytes ?? 1000,
        onCapture: (bytes) => captures.push(Buffer.from(bytes).toString()),
      },
      onBytes: (bytes, fate) => told.push(`${fate} ${Buffer.from(bytes).toString()}`),
      onProblem: expect.unreachable,
    });
    writeSync(writeFd, output);
    channel.finish('lost');
    closeSync(writeFd);
    return { captures, told, log: readFileSync(path, 'utf8') };
  }

  test('is captured between the tokens and logged elsewhere, and told in order', () => {
    expect(run(`one ${begin}two${end}three`)).toEqual({
      captures: ['two'],
      told: ['logged one ', 'captured two', 'logged three'],
      log: 'one three',
    });
  });

  test('is not lost at its end, whatever it may have been the beginning of', () => {
    expect(run('one <!--XSUPER')).toMatchObject({ captures: [], log: 'one <!--XSUPER' });
  });

  test('is logged after all when a capture does not come to its end', () => {
    expect(run(`one ${begin}two<!--X`)).toEqual({
      captures: [],
      told: ['logged one ', 'captured two', 'captured <!--X', 'released two<!--X'],
      log: 'one two<!--X',
    });
  });

  test('has its escape sequences removed inside and outside, and none of them hides a token', () => {
    expect(run(`a\x1b[1mb${begin}c\x1b[0md\x1b[${end}e`, { stripAnsi: true })).toMatchObject({
      captures: ['cd\x1b['],
      log: 'abe',
    });
  });
});
