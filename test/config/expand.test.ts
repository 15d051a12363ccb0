import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeFailure, expand } from '../../src/config/expand.ts';
import { anyText } from './any-text.ts';

const names = new Map<string, string | number>([
  ['text', 'xyzé'],
  ['number', 7],
  ['big', 0x1f600],
  ['negative', -42],
  ['()', 'parentheses'],
]);

const expanded = (text: string) => ({ kind: 'expanded', text });

describe('an expression', () => {
  test.each([
    ['a%(text)sb', 'axyzéb'],
    ['%(text)s%(text)s', 'xyzéxyzé'],
    ['%(())s', 'parentheses'],
    ['%%', '%'],
    ['%%(text)s', '%(text)s'],
    ['100%% of %(number)d', '100% of 7'],
    ['%(number)d', '7'],
    ['%(number)s', '7'],
    ['%(number)02d', '07'],
    ['%(number)i %(number)u %(number)ld', '7 7 7'],
    ['%(number)-5d|', '7    |'],
    ['%(number)-05d|', '7    |'],
    ['%(number)5d|', '    7|'],
    ['%(number)+d', '+7'],
    ['%(number)+05d', '+0007'],
    ['%(number) d', ' 7'],
    ['%(number).3d', '007'],
    ['%(number)010.3d|', '0000000007|'],
    ['%(negative)05d', '-0042'],
    ['%(negative)x', '-2a'],
    ['%(negative)X', '-2A'],
    ['%(negative)#o', '-0o52'],
    ['%(number)#10x|', '       0x7|'],
    ['%(number)#X', '0X7'],
    ['%(number)e', '7.000000e+00'],
    ['%(number)E', '7.000000E+00'],
    ['%(number)f', '7.000000'],
    ['%(number)10.2f|', '      7.00|'],
    ['%(number)g', '7'],
    ['%(number).g', '7'],
    ['%(number)#g', '7.00000'],
    ['%(number)#.1g %(number)#.0f %(big)#.0e', '7. 7. 1.e+05'],
    ['%(big)g', '128512'],
    ['%(big).2g', '1.3e+05'],
    ['%(big)c', '😀'],
    ['%(text)5s|', ' xyzé|'],
    ['%(text)-5s|', 'xyzé |'],
    ['%(text)05s|', ' xyzé|'],
    ['%(text)+5s|', ' xyzé|'],
    ['%(text).1s', 'x'],
    ['%(text)r', "'xyzé'"],
    ['%(text)a', "'xyz\\xe9'"],
  ])('%j becomes %j', (text, result) => {
    expect(expand(text, names)).toEqual(expanded(result));
  });

  test.each([
    ['%(nope)s', 'nope'],
    ['%()s', ''],
    ['%(nope)', 'nope'],
    ['%(a(b)c)s', 'a(b)c'],
  ])('%j names something unknown', (text, name) => {
    expect(expand(text, names)).toEqual({ kind: 'unknown-name', name });
  });

  test.each([
    ['%', 'incomplete format'],
    ['%(text)', 'incomplete format'],
    ['%(number)5', 'incomplete format'],
    ['%.', 'incomplete format'],
    ['%(text', 'incomplete format key'],
    ['%((text)s', 'incomplete format key'],
    ['%q', "unsupported format character 'q' (0x71) at index 1"],
    ['%(text)q', "unsupported format character 'q' (0x71) at index 7"],
    ['é%é', "unsupported format character '?' (0xe9) at index 2"],
    ['%5%', "unsupported format character '%' (0x25) at index 2"],
    ['%(number)%%', "unsupported format character '%' (0x25) at index 9"],
    ['%d', '%d format: a real number is required, not dict'],
    ['%x', '%x format: an integer is required, not dict'],
    ['%f', 'must be real number, not dict'],
    ['%c', '%c requires int or char'],
    ['%(text)d', '%d format: a real number is required, not str'],
    ['%(text)o', '%o format: an integer is required, not str'],
    ['%(text)g', 'must be real number, not str'],
    ['%(text)c', '%c requires int or char'],
    ['%(negative)c', '%c arg not in range(0x110000)'],
    ['%(text)s%s', 'not enough arguments for format string'],
    ['%s%s', 'not enough arguments for format string'],
    ['%*d', '* wants int'],
    ['%(number)*d', 'not enough arguments for format string'],
    ['%(number)99999999999999999999d', 'width too big'],
    ['%(number).99999999999999999999d', 'precision too big'],
  ])('%j is malformed: %s', (text, reason) => {
    expect(expand(text, names)).toEqual({ kind: 'malformed', reason });
  });

  test.each([
    [12345, '1.234e+04'],
    [12355, '1.236e+04'],
    [12350, '1.235e+04'],
    [1234500, '1.234e+06'],
    [1234501, '1.235e+06'],
  ])('%d halfway between two results is rounded to the even digit', (tie, result) => {
    expect(expand('%(tie).3e %(tie).4g', new Map([['tie', tie]]))).toEqual(expanded(`${result} ${result}`));
  });

  test('that would fill the memory is refused', () => {
    expect(expand('%(number)1000000d'.repeat(17), names)).toEqual({ kind: 'malformed', reason: 'result too long' });
  });

  test('without a name stays as it is written', () => {
    expect(expand('date +%s', names)).toEqual(expanded('date +%s'));
  });
});

describe('the message about a failure', () => {
  const where = { text: "it's %(x)s", label: 'program:x.command', names };

  test('names what is unknown and what there is, in order', () => {
    expect(describeFailure({ kind: 'unknown-name', name: 'x' }, where)).toBe(
      `Format string "it's %(x)s" for 'program:x.command' contains names ('x') which cannot be expanded. ` +
        'Available names: (), big, negative, number, text',
    );
  });

  test('says what is malformed', () => {
    expect(describeFailure({ kind: 'malformed', reason: 'incomplete format' }, where)).toBe(
      `Format string "it's %(x)s" for 'program:x.command' is badly formatted: incomplete format`,
    );
  });
});

describe('any text', () => {
  test('without a percent sign expands to itself', () => {
    const text = anyText.filter((candidate) => !candidate.includes('%'));
    fc.assert(
      fc.property(text, (plain) => {
        expect(expand(plain, names)).toEqual(expanded(plain));
      }),
    );
  });

  test('with its percent signs doubled expands to itself', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(expand(text.replaceAll('%', '%%'), names)).toEqual(expanded(text));
      }),
    );
  });

  test('expands or says why not', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('%', '(text)', '(number)', '(', ')', '-+ #0', '5', '.', '*', 'sdxfgec'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(['expanded', 'unknown-name', 'malformed']).toContain(expand(pieces.join(''), names).kind);
      }),
    );
  });
});
