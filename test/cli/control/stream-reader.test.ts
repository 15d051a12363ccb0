import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Output } from '../../../src/cli/control/context.ts';
import { createStreamReader } from '../../../src/cli/control/stream-reader.ts';

function reader() {
  const stream = new PassThrough();
  const shown = { out: '', err: '' };
  const output: Output = {
    isTerminal: false,
    raw: (data) => {
      shown.out += String(data);
    },
    line: (text) => {
      shown.out += `${text}\n`;
    },
    lines: (texts) => {
      shown.out += texts.map((text) => `${text}\n`).join('');
    },
    note: (text) => {
      shown.err += `${text}\n`;
    },
  };
  let opened = 0;
  const lines = createStreamReader(() => {
    opened += 1;
    return stream;
  }, output);
  return { stream, lines, shown, opened: () => opened };
}

describe('lines from a stream', () => {
  it('are the same however the bytes are split', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''))),
        fc.array(fc.nat({ max: 50 })),
        async (expected, cuts) => {
          const { stream, lines } = reader();
          const bytes = Buffer.from(expected.map((line) => `${line}\n`).join(''));
          const edges = [...new Set(cuts)].sort((a, b) => a - b).filter((cut) => cut < bytes.length);
          for (const [index, edge] of [0, ...edges].entries()) stream.write(bytes.subarray(edge, edges[index]));
          stream.end();
          const read: string[] = [];
          for (let line = await lines.read(''); line !== null; line = await lines.read('')) read.push(line);
          expect(read).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('end with the last one, whether it has a newline or not, and then for good', async () => {
    const { stream, lines } = reader();
    stream.end('one\r\ntwo');
    expect(await lines.read('')).toBe('one');
    expect(await lines.read('')).toBe('two');
    expect(await lines.read('')).toBeNull();
    expect(await lines.read('')).toBeNull();
  });

  it('show their prompt, that of a secret on standard error', async () => {
    const { stream, lines, shown } = reader();
    stream.end('a\nb\n');
    expect(await lines.read('web> ')).toBe('a');
    expect(await lines.readSecret('Password:')).toBe('b');
    expect(shown).toEqual({ out: 'web> ', err: 'Password:\n' });
  });

  it('open the stream only when the first is wanted', async () => {
    const { lines, opened } = reader();
    expect(opened()).toBe(0);
    await lines.close();
    expect(opened()).toBe(0);
  });

  it('are given up at a signal without losing the next one', async () => {
    const { stream, lines } = reader();
    const abort = new AbortController();
    const waiting = lines.read('', { signal: abort.signal });
    abort.abort();
    expect(await waiting).toBeNull();
    stream.end('later\n');
    expect(await lines.read('')).toBe('later');
  });

  it('end when the stream fails', async () => {
    const { stream, lines } = reader();
    const waiting = lines.read('');
    stream.destroy(new Error('terminal gone'));
    expect(await waiting).toBeNull();
  });
});
