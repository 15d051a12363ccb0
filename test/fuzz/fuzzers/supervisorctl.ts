/** Every action of supervisorctl on answers of the right shape and of wrong ones: lines and a status, never a defect. */

import { runLine } from '../../../src/cli/control/run-line.ts';
import { decodeMessage, encodeMessage } from '../../../src/protocol/codec.ts';
import { fakeSession, processInfo } from '../../cli/control/fake-session.ts';
import { expectThat, type Fuzzer } from '../fuzzer.ts';
import type { Random } from '../random.ts';
import { anyMessagePack, messageTokens } from './msgpack-grammar.ts';
import { settled } from './unsettled.ts';

const lines = [
  'status',
  'status web g:*',
  'pid',
  'pid web',
  'pid all',
  'avail',
  'reread',
  'update',
  'update web g',
  'start all',
  'start g:*',
  'start web',
  'stop all',
  'restart g:*',
  'signal HUP all',
  'clear all',
  'clear g:*',
  'tail web',
  'tail web stderr',
  'maintail',
  'version',
  'fg web',
  'add web',
  'remove web',
  'shutdown',
  'reload',
] as const;

const infos = [processInfo('web', 'RUNNING'), processInfo('g:a', 'STOPPED'), processInfo('g:\u{1f600}', 'FATAL')];
const batch = [80, 10, 20, 30, 70, 90].map((status) => ({ group: 'g', name: `p${status}`, status, description: 'OK' }));
const configured = [{ group: 'g', name: 'a', inuse: true, autostart: false, group_prio: 999, process_prio: 1 }];
const answers: readonly unknown[] = [
  infos,
  infos[0],
  batch,
  configured,
  [[['a'], ['web'], ['g']]],
  'text',
  Buffer.from('log'),
  true,
  4711,
  '3.0',
  null,
  [],
  {},
];

/** The number of the message chooses the line. */
const message = (line: number, result: unknown): Uint8Array =>
  encodeMessage({ type: 'response', id: line, error: null, result });

/** A usable answer, of which one part may be another one. */
function generate(random: Random): Uint8Array {
  const value: unknown = structuredClone(random.pick(answers));
  const line = random.below(lines.length);
  if (random.chance(0.7)) return message(line, damaged(random, value));
  return Buffer.concat([Uint8Array.of(0x94, 1, line, 0xc0), anyMessagePack(random)]);
}

const odd: readonly unknown[] = [
  null,
  0,
  -1,
  1e300,
  '',
  'x'.repeat(100),
  true,
  [],
  {},
  [[]],
  { toString: 1 },
  { valueOf: null, length: -1 },
  Buffer.from('b'),
  '\u001b[31m',
  { constructor: 1 },
];

function damaged(random: Random, value: unknown): unknown {
  if (random.chance(0.2) || typeof value !== 'object' || value === null || value instanceof Uint8Array)
    return random.pick([value, ...odd]);
  if (Array.isArray(value)) return value.map((item: unknown) => (random.chance(0.5) ? damaged(random, item) : item));
  const members = Object.entries(value).filter(() => random.chance(0.95));
  return Object.fromEntries(
    members.map(([name, member]) => [name, random.chance(0.2) ? damaged(random, member) : member]),
  );
}

export const supervisorctlFuzzer: Fuzzer = {
  name: 'supervisorctl',
  seeds: lines.flatMap((_, line) => [message(line, infos), message(line, batch)]),
  tokens: messageTokens,
  generate,
  maxBytes: 16 * 1024,
  shortRun: 1500,
  open: () => ({ check }),
};

async function check(input: Uint8Array): Promise<string> {
  const decoded = decodeMessage(input);
  if (decoded.kind === 'invalid' || decoded.message.type !== 'response') return 'no answer';
  const { id, result } = decoded.message;
  // An extension type, which no connection lets through.
  if (result === undefined) return 'no answer';
  const line = lines[id % lines.length] ?? 'status';
  const answer = (): unknown => result;
  // Only one kind of answer is odd, so that each action gets as far as it can.
  const fixed =
    id < lines.length ? { getVersion: '3.0', ...(line === 'fg web' ? { getProcessInfo: infos[0] } : {}) } : {};
  const session = fakeSession({ answers: { ...methodsOf(answer), ...fixed }, typed: ['line'] });
  await settled(`the end of ${line}`, runLine(session.context, line));
  expectThat(!session.stdout().includes("<class 'RuntimeError'>"), `a defect: ${session.stdout()}${session.stderr()}`);
  expectThat(session.open() === 0, 'the connection is closed');
  return `${line} ${session.context.exitStatus} ${/<class '(\w+)'/.exec(session.stdout())?.[1] ?? ''}`;
}

const methodNames = [
  'addProcessGroup',
  'clearAllProcessLogs',
  'clearProcessLogs',
  'getAllConfigInfo',
  'getAllProcessInfo',
  'getPID',
  'getProcessInfo',
  'getSupervisorVersion',
  'getVersion',
  'readLog',
  'readProcessStderrLog',
  'readProcessStdoutLog',
  'reloadConfig',
  'removeProcessGroup',
  'restart',
  'sendProcessStdin',
  'shutdown',
  'signalAllProcesses',
  'signalProcess',
  'signalProcessGroup',
  'startAllProcesses',
  'startProcess',
  'startProcessGroup',
  'stopAllProcesses',
  'stopProcess',
  'stopProcessGroup',
] as const;

const methodsOf = (answer: () => unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(methodNames.map((name) => [name, answer]));
