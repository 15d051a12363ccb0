import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createControlCommand } from '../../src/cli/control/options.ts';
import { parseArguments } from '../../src/cli/getopt.ts';
import { readUsualArguments } from '../../src/cli/usual-arguments.ts';

const options = { valued: { '-c': 'configuration', '-u': 'username' }, flags: { '-i': 'interactive' } };

test.each([
  [[], {}, []],
  [['status'], {}, ['status']],
  [['-c', 'x.conf', 'stop', 'all'], { configuration: 'x.conf' }, ['stop', 'all']],
  [['-i', '-c', '-i'], { interactive: true, configuration: '-i' }, []],
  [['status', '-c', 'x'], {}, ['status', '-c', 'x']],
])('%j is usual', (argv, given, rest) => {
  const read = readUsualArguments(argv, options);
  expect({ given: Object.fromEntries(read?.options ?? []), rest: read?.rest }).toEqual({ given, rest });
});

test.each([
  [['-c']],
  [['-cx']],
  [['--configuration=x']],
  [['-h']],
  [['-i', '-i']],
  [['-']],
  [['--', 'x']],
  [['-ic', 'x']],
])('%j is left to the parser', (argv) => {
  expect(readUsualArguments(argv, options)).toBeNull();
});

test('whatever is read without the parser is what the parser reads', () => {
  const word = fc.constantFrom('-c', '-u', '-i', '-h', '-', '--', '-ix', 'x', 'status', '');
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
      const usual = readUsualArguments(argv, options);
      if (usual !== null) expect(usual).toEqual(parseArguments(createControlCommand(), argv));
    }),
  );
});
