import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayName, parseProcessName } from '../../src/model/process-name.ts';

describe('the names requests use', () => {
  test.each([
    ['web', 'web', 'web'],
    ['shop:cart', 'shop', 'cart'],
    ['shop:*', 'shop', null],
    ['shop:', 'shop', null],
    ['shop:cart:1', 'shop', 'cart:1'],
    [':cart', '', 'cart'],
    [':', '', null],
    ['', '', ''],
    ['*', '*', '*'],
    ['shop:**', 'shop', '**'],
  ])('%j means group %j and process %j', (text, group, process) => {
    expect(parseProcessName(text)).toEqual({ group, process });
  });

  test.each([
    ['web', 'web', 'web'],
    ['shop', 'cart', 'shop:cart'],
  ])('group %s and process %s are shown as %s', (group, process, shown) => {
    expect(displayName(group, process)).toBe(shown);
  });

  test('what is shown means the same process when it is typed', () => {
    const word = fc.stringMatching(/^[a-z0-9_.-]{1,8}$/);
    fc.assert(
      fc.property(word, word, (group, process) => {
        expect(parseProcessName(displayName(group, process))).toEqual({ group, process });
      }),
    );
  });
});
