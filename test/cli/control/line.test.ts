import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine, splitWords } from '../../../src/cli/control/line.ts';

describe('a line', () => {
  it.each([
    ['', { kind: 'empty' }],
    [' \t ', { kind: 'empty' }],
    ['status', { kind: 'action', name: 'status', argument: '', text: 'status' }],
    ['  status  web  ', { kind: 'action', name: 'status', argument: 'web', text: 'status  web' }],
    ['signal HUP web', { kind: 'action', name: 'signal', argument: 'HUP web', text: 'signal HUP web' }],
    ['status:web', { kind: 'action', name: 'status', argument: ':web', text: 'status:web' }],
    ['tail-f', { kind: 'action', name: 'tail', argument: '-f', text: 'tail-f' }],
    ['?', { kind: 'action', name: 'help', argument: '', text: 'help ' }],
    ['?start', { kind: 'action', name: 'help', argument: 'start', text: 'help start' }],
    ['!ls', { kind: 'unknown', text: '!ls' }],
    ['-x', { kind: 'unknown', text: '-x' }],
    ['äh', { kind: 'unknown', text: 'äh' }],
  ])('%j is read as %j', (typed, expected) => {
    expect(parseLine(typed)).toEqual(expected);
  });

  it('is an action exactly when it begins with a letter, a digit, an underscore or a question mark', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const expected = typed.trim() === '' ? 'empty' : /^[A-Za-z0-9_?]/.test(typed.trim()) ? 'action' : 'unknown';
        expect(parseLine(typed).kind).toBe(expected);
      }),
    );
  });

  it('has words between blanks of any kind and number', () => {
    expect(splitWords('')).toEqual([]);
    expect(splitWords(' a\t b\n c ')).toEqual(['a', 'b', 'c']);
  });
});
