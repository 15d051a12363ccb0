import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('without words everything is run, against whoever is installed', () => {
  expect(readOptions([])).toEqual({
    names: [],
    effort: 'full',
    rounds: undefined,
    rivals: undefined,
    json: undefined,
    earlier: [],
    writeDocs: false,
    list: false,
  });
});

test('every option has its place', () => {
  const words =
    'one hundred --quick --rounds 3 --rivals limit,s6 --json a.json --with b.json --with c.json --write-docs --list';
  expect(readOptions(words.split(' '))).toEqual({
    names: ['one', 'hundred'],
    effort: 'quick',
    rounds: 3,
    rivals: ['limit', 's6'],
    json: 'a.json',
    earlier: ['b.json', 'c.json'],
    writeDocs: true,
    list: true,
  });
});

test.each([['--rounds=x'], ['--rounds=1.5'], ['--rounds=-1'], ['--nonsense']])('%s is refused', (word) => {
  expect(() => readOptions([word])).toThrow();
});
