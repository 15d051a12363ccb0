/** The grammar of `environment=`, compared with Python's shlex under the older and the later rules. */

import { readEnvironment } from '../../../src/config/environment.ts';
import { classOf, expectSame, expectThat, type Fuzzer } from '../fuzzer.ts';
import type { PythonOracle } from '../python.ts';
import { type Random, several } from '../random.ts';

const words = [
  'A',
  'PATH',
  'a-b',
  '1',
  '/usr/bin:/bin',
  '(x)',
  'a.b',
  '+1',
  'é',
  '%',
  '$HOME',
  '\\',
  'a\\ b',
  '#c',
  '*',
  '\u{1f600}',
  '\ud800',
  '',
] as const;
const quoted = [
  '"b c"',
  "'d'",
  '"e,f=g"',
  '"\'"',
  `'"'`,
  '""',
  "''",
  '"\\""',
  '"a\\nb"',
  '"',
  "'",
  '"x"y',
  "'a''b'",
] as const;

const word = (random: Random): string => (random.chance(0.5) ? random.pick(words) : random.pick(quoted));

const pair = (random: Random): string =>
  `${random.pick(words)}${random.pick(['=', '=', '=', ' = ', '', '=='])}${word(random)}${word(random)}`;

export const environmentFuzzer: Fuzzer = {
  name: 'environment',
  seeds: ['A="1",B=2', 'PATH=\'/usr/bin:/bin\',X="a,b"', 'A=1,\n  B="x y" # comment\n,C=3', 'A="a\\"b",B=\\"', ''],
  tokens: [...words, ...quoted, ',', '=', '\n', '#', ' '],
  generate: (random) => several(random, 6, pair).join(random.pick([',', ',', ', ', ' ', '\n', ';', ''])),
  maxBytes: 64 * 1024,
  shortRun: 4000,
  open: ({ python }) => ({ check: (input) => check(Buffer.from(input).toString(), python) }),
};

async function check(text: string, python: PythonOracle | null): Promise<string> {
  const result = readEnvironment(text);
  if (result.kind === 'read') {
    expectThat(result.variables.size <= text.length, 'variables are written in the text');
    const again = rewritten(result.variables);
    if (again !== null) {
      expectSame(
        readEnvironment(again),
        { kind: 'read', variables: result.variables },
        'written anew it reads the same',
      );
    }
  }
  if (python !== null) await compare(python, text, result);
  return result.kind === 'read' ? `read ${Math.min(result.variables.size, 9)}` : classOf(result.reason);
}

/** null where a value has no notation that all rules understand. */
function rewritten(variables: ReadonlyMap<string, string>): string | null {
  const pairs: string[] = [];
  for (const [key, value] of variables) {
    if (!/^[\w/.+\-():]+$/.test(key) || /["\\]|^'|'$/.test(value)) return null;
    pairs.push(`${key}="${value}"`);
  }
  return pairs.join(',');
}

async function compare(python: PythonOracle, text: string, ours: ReturnType<typeof readEnvironment>): Promise<void> {
  const older = await python.ask({ ask: 'environment', text });
  if (older.kind === 'answer') {
    expectSame(ours, { kind: 'read', variables: new Map(older.answer as [string, string][]) }, 'as Supervisor 4.2.5');
    return;
  }
  const later = await python.ask({ ask: 'later environment', text });
  if (later.kind === 'answer') {
    expectSame(ours, { kind: 'read', variables: new Map(later.answer as [string, string][]) }, 'as later versions');
  } else {
    expectSame(ours, { kind: 'refused', reason: older.text }, 'refused in the words of Supervisor 4.2.5');
  }
}
