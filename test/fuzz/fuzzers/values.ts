/** Byte sizes, numbers and the other types of values, compared with Supervisor's converters and with exact arithmetic. */

import {
  autorestart,
  boolean,
  byteSize,
  exitCodes,
  inetAddress,
  integer,
  list,
  name,
  objectReference,
  octal,
  type Parsed,
  signal,
  url,
  type ValueType,
} from '../../../src/config/values.ts';
import { fakeHost } from '../../config/fake-host.ts';
import { expectSame, expectThat, type Fuzzer } from '../fuzzer.ts';
import { type PythonOracle, withoutExotic } from '../python.ts';
import { type Random, several } from '../random.ts';

const host = fakeHost();

const types: Readonly<Record<string, ValueType<unknown>>> = {
  integer,
  octal,
  size: byteSize,
  boolean,
  exitcodes: exitCodes,
  name,
  address: inetAddress,
  list,
  signal,
  autorestart,
  url,
  reference: objectReference,
};

const words = [
  '1',
  '0',
  '10',
  '-1',
  '+5',
  '1_000',
  '_',
  '0o17',
  '022',
  '0x10',
  '1.5',
  '1e3',
  '50MB',
  '2 GB',
  '1kb',
  'KB',
  'MBMB',
  'true',
  'off',
  'unexpected',
  'TERM',
  'SIGHUP',
  'sigkill',
  '9',
  '64',
  '255',
  '256',
  '65535',
  '65536',
  '127.0.0.1:80',
  '*:1',
  ':1',
  'a:',
  '[::1]:9',
  ' ',
  '\t',
  '\u0663',
  '\uff11',
  '\x1c',
  ',',
  ':',
  '/',
  'a b',
  '9007199254740993',
  '99999999999999999999999',
  '\u0130',
  '\u017f',
  '\u212a',
] as const;

export const valuesFuzzer: Fuzzer = {
  name: 'values',
  seeds: [
    ...words,
    '0,2,255',
    'supervisor.rpcinterface:make_main_rpcinterface',
    'unix:///tmp/s.sock',
    'http://localhost:9001',
  ],
  tokens: words,
  generate: (random: Random) => several(random, 4, () => random.pick(words)).join(random.pick(['', '', ',', ' ', '_'])),
  maxBytes: 64 * 1024,
  shortRun: 6000,
  open: ({ python }) => ({ check: (input) => check(Buffer.from(input).toString(), python) }),
};

async function check(text: string, python: PythonOracle | null): Promise<string> {
  const results = Object.entries(types).map(([type, { parse }]) => [type, parse(text, host)] as const);
  for (const [type, result] of results) {
    if (result.kind === 'refused') expectThat(result.reason !== '', `a refused ${type} has a reason`);
  }
  const exact = exactInteger(text);
  expectSame(
    integer.parse(text, host),
    exact === null ? refusalOf(integer.parse(text, host)) : { kind: 'parsed', value: Number(exact) },
    'an integer is exact',
  );
  if (python !== null) await compare(python, text, new Map(results));
  return results.map(([, { kind }]) => (kind === 'parsed' ? '+' : '-')).join('');
}

/** A number in Python's notation with ASCII digits, by other means than the product's. */
function exactInteger(text: string): bigint | null {
  const characters = [...text];
  const first = characters.findIndex((character) => !isAround(character));
  const trimmed = characters
    .slice(Math.max(first, 0), characters.findLastIndex((character) => !isAround(character)) + 1)
    .join('');
  const sign = /^[+-]/.exec(trimmed)?.[0] ?? '';
  const groups = trimmed.slice(sign.length).split('_');
  if (groups.some((group) => group === '' || [...group].some((digit) => digit < '0' || digit > '9'))) return null;
  const value = BigInt(groups.join(''));
  return sign === '-' ? -value : value;
}

const isAround = (character: string): boolean => /\p{Z}/u.test(character) || '\t\n\v\f\r\x85'.includes(character);

const refusalOf = (result: Parsed<number>): unknown => (result.kind === 'refused' ? result : { kind: 'refused' });

type PythonValue = { readonly value: unknown } | { readonly refused: string };

async function compare(
  python: PythonOracle,
  text: string,
  results: ReadonlyMap<string, Parsed<unknown>>,
): Promise<void> {
  const answer = await python.ask({ ask: 'value', text });
  if (answer.kind !== 'answer') throw new Error(`Python failed: ${answer.text}`);
  for (const [type, theirs] of Object.entries(answer.answer as Readonly<Record<string, PythonValue>>)) {
    const ours = results.get(type);
    if (ours === undefined || isKnownDifference(type, text)) continue;
    const wanted =
      'value' in theirs
        ? { kind: 'parsed', value: inOurWords(type, theirs.value) }
        : { kind: 'refused', reason: withoutExotic(theirs.refused) };
    expectSame(inWords(type, ours), wanted, `${type} as Supervisor reads it`);
  }
}

/** Signals that are none, as docs/compatibility.md says; digits of other scripts; separators beside other scripts. */
const isKnownDifference = (type: string, text: string): boolean =>
  (/\P{ASCII}/u.test(text) && [...'\x1c\x1d\x1e\x1f'].some((separator) => text.includes(separator))) ||
  /(?![0-9])\p{Nd}/u.test(text) ||
  (type === 'signal' && /^\s*(SIG_|_|[-+]?[0_]+\s*$)/i.test(text));

function inWords(type: string, ours: Parsed<unknown>): unknown {
  if (ours.kind === 'refused') return { kind: 'refused', reason: withoutExotic(ours.reason) };
  const value = ours.value;
  if (type === 'signal' && typeof value === 'object' && value !== null && 'number' in value)
    return { kind: 'parsed', value: value.number };
  if (type === 'address') return { kind: 'parsed', value: Object.values(value as object) };
  return { kind: 'parsed', value };
}

function inOurWords(type: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && 'number' in value) return Number(value.number);
  if (type === 'autorestart')
    return value === 'False' ? 'never' : /Unexpected/.test(String(value)) ? 'unexpected' : 'always';
  return value;
}
