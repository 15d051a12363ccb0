/** `%(name)s` expressions, compared with Python's formatting. */

import { describeFailure, expand, type Names } from '../../../src/config/expand.ts';
import { classOf, expectSame, expectThat, type Fuzzer } from '../fuzzer.ts';
import { type PythonOracle, withoutExotic } from '../python.ts';
import { type Random, several } from '../random.ts';

const names: Names = new Map<string, string | number>([
  ['here', '/srv/app'],
  ['program_name', 'web'],
  ['process_num', 7],
  ['numprocs', 12345],
  ['ENV_EMPTY', ''],
  ['ENV_ODD', "it's 100% \u00e9\u{1f600}\n"],
  ['a(b)c', 'x'],
]);

const expression = (random: Random): string =>
  [
    '%',
    random.chance(0.9) ? `(${random.pick([...names.keys(), 'none', '', 'a(b'])})` : '',
    ...several(random, 2, () => random.pick([...'-+ #0'])),
    random.pick(['', '', '', '2', '10', '0', '*', '1000001', '99999999999']),
    random.pick(['', '', '', '.', '.0', '.3', '.12', '.*', '.1000001', '.200']),
    random.pick(['', '', '', 'l', 'h', 'L', 'll']),
    random.pick([...'sssddrcaiuxXoeEfFgGz%\u00e9 ', '']),
  ].join('');

export const expansionFuzzer: Fuzzer = {
  name: 'expansion',
  seeds: [
    '%(here)s/log_%(process_num)02d',
    '100%%',
    '%(process_num)d of %(numprocs)5.3d',
    '%(ENV_ODD)r %(ENV_ODD)a %(ENV_ODD)-40s|',
    '%(numprocs)e %(numprocs).2g %(process_num)#x',
    '%(a(b)c)s',
    '%',
  ],
  tokens: [
    '%',
    '%%',
    '%(',
    ')',
    ')s',
    ')d',
    ...[...names.keys()].map((name) => `%(${name})s`),
    '.',
    '*',
    '0',
    '-',
    '#',
    'l',
    '1000000',
  ],
  generate: (random) =>
    several(random, 5, () =>
      random.chance(0.7) ? expression(random) : random.pick(['a', '%%', ' ', '\u{1f600}', ')']),
    ).join(''),
  maxBytes: 64 * 1024,
  shortRun: 4000,
  open: ({ python }) => ({ check: (input) => check(Buffer.from(input).toString(), python) }),
};

/** No value of a configuration needs to be longer. */
const longestResult = 20_000_000;

async function check(text: string, python: PythonOracle | null): Promise<string> {
  const result = expand(text, names);
  if (result.kind === 'expanded') {
    expectThat(result.text.length <= longestResult, `a result of ${result.text.length} characters is bounded`);
    expectSame(expand(text.replaceAll('%', '%%'), names), { kind: 'expanded', text }, 'doubled signs are plain');
  }
  if (python !== null && !isKnownDifference(text)) await compare(python, text, result);
  return result.kind === 'malformed' ? classOf(result.reason) : result.kind;
}

/** Where Python prints all its names we keep what is written; and results as wide as memory are refused. */
const isKnownDifference = (text: string): boolean =>
  /\d{6}|\.\d{3}|\*/.test(text) || /%[-+ #0]*(\.\d*)?[hlL]?[sra]/.test(text.replaceAll(/\d/g, ''));

async function compare(python: PythonOracle, text: string, ours: ReturnType<typeof expand>): Promise<void> {
  const answer = await python.ask({ ask: 'expansion', text, names: Object.fromEntries(names) });
  if (answer.kind === 'answer') {
    expectSame(ours, { kind: 'expanded', text: answer.answer }, 'as Python');
  } else {
    const said = ours.kind === 'expanded' ? 'expanded' : describeFailure(ours, { text, label: 'section.key', names });
    expectSame(withoutExotic(said), withoutExotic(answer.text), "refused in Python's words");
  }
}
