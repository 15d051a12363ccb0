import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHandshake, readResult } from '../../src/model/listener-protocol.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const text = (read: Uint8Array): string => Buffer.from(read).toString('latin1');

describe('the handshake', () => {
  test.each(['', 'R', 'READY', 'nope'])('%j is too short to tell', (written) => {
    expect(readHandshake(bytes(written))).toEqual({ kind: 'incomplete' });
  });

  test('READY and a line break make the listener ready, and leave the rest', () => {
    const handshake = readHandshake(bytes('READY\nmore'));
    expect(handshake.kind === 'ready' && text(handshake.rest)).toBe('more');
  });

  test.each(['READY.', 'ready\n', ' READY\n', 'hello world'])('%j breaks the protocol', (written) => {
    expect(readHandshake(bytes(written))).toEqual({ kind: 'broken' });
  });
});

describe('a result', () => {
  const outcome = (written: string): readonly string[] => {
    const result = readResult(bytes(written));
    if (result.kind === 'malformed') return [result.kind, text(result.line)];
    return 'rest' in result ? [result.kind, text(result.rest)] : [result.kind];
  };

  test.each([
    ['RESULT 2\nOK', 'accepted', ''],
    ['RESULT 2\nOKREADY\n', 'accepted', 'READY\n'],
    ['RESULT 4\nFAIL', 'rejected', ''],
    ['RESULT 3\nOK\n', 'rejected', ''],
    ['RESULT 2\nok', 'rejected', ''],
    ['RESULT 0\n', 'rejected', ''],
    ['RESULT  +2 \nOK', 'accepted', ''],
    ['RESULT 1_0\n0123456789', 'rejected', ''],
    // The first seven bytes are never looked at.
    ['whateve2\nOK', 'accepted', ''],
  ])('%j is %s and leaves %j', (written, kind, rest) => {
    expect(outcome(written)).toEqual([kind, rest]);
  });

  test.each(['', 'RESULT 2', 'RESULT 2\n', 'RESULT 2\nO', 'RESULT 4\nFAI'])('%j is not complete', (written) => {
    expect(outcome(written)).toEqual(['incomplete']);
  });

  test.each([
    ['RESULT x\nOK', 'RESULT x'],
    ['\n', ''],
    ['OK\n', 'OK'],
    ['RESULT -1\n', 'RESULT -1'],
    ['RESULT 2.0\n', 'RESULT 2.0'],
    ['RESULT 99999999\n', 'RESULT 99999999'],
  ])('%j is none: the line %j has no length', (written, line) => {
    expect(outcome(written)).toEqual(['malformed', line]);
  });

  test('a line that never ends is none', () => {
    expect(readResult(new Uint8Array(4096))).toEqual({ kind: 'incomplete' });
    expect(readResult(new Uint8Array(4097)).kind).toBe('malformed');
  });

  test('a line that ends too late is none either, however much comes at once', () => {
    const line = bytes(`RESULT 2${' '.repeat(500_000)}\nOK`);
    expect(readResult(line)).toEqual({ kind: 'malformed', line: line.subarray(0, 4096) });
    expect(outcome(`RESULT 2${' '.repeat(4088)}\nOK`)).toEqual(['accepted', '']);
  });

  test('whatever is written, reading it ends with an answer, and more bytes never take one back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), fc.uint8Array({ maxLength: 10 }), (begun, more) => {
        const before = readResult(begun).kind;
        const after = readResult(Buffer.concat([begun, more])).kind;
        if (before !== 'incomplete') expect(after).toBe(before);
      }),
    );
  });
});
