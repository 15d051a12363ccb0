/** What an event listener writes, against the whole conversation of a pool, compared with a plain model of it. */

import { readHandshake, readResult } from '../../../src/model/listener-protocol.ts';
import { startPool } from '../../machines/pool-bench.ts';
import { expectSame, expectThat, type Fuzzer } from '../fuzzer.ts';
import { splitAtRandom } from '../mutation.ts';
import { type Random, randomOf, several } from '../random.ts';
import { createListenerModel } from './listener-model.ts';

const results = [
  'RESULT 2\nOK',
  'RESULT 4\nFAIL',
  'RESULT 0\n',
  'RESULT 3\nOK\n',
  'RESULT  +2 \nOK',
  'RESULT 1_0\n0123456789',
  'RESULT 2\nok',
  'whateve2\nOK',
  'RESULT -1\n',
  'RESULT 1048576\n',
  'RESULT 1048577\n',
  'RESULT x\n',
  '\n',
  'RESULT 99999999999999999999\n',
  'RESULT \x1f2\nOK',
  'RESULT 2.0\nOK',
] as const;

export const listenerFuzzer: Fuzzer = {
  name: 'listener',
  seeds: [
    'READY\nRESULT 2\nOKREADY\nRESULT 4\nFAIL',
    'READY\n',
    'READY\nRESULT 2\nOK',
    'nope\nREADY\n',
    `READY\nRESULT ${'1'.repeat(50)}\n`,
  ],
  tokens: ['READY\n', 'RESULT ', ...results, '\n', '\r\n', '_', '+'],
  generate: (random: Random) =>
    several(
      random,
      6,
      () => (random.chance(0.9) ? 'READY\n' : 'READY') + (random.chance(0.9) ? random.pick(results) : ''),
    ).join(''),
  maxBytes: 128 * 1024,
  shortRun: 500,
  open: () => ({ check }),
};

function check(input: Uint8Array): string {
  const outcome = converse(input, [input]);
  const random = randomOf(input);
  const parts = splitAtRandom(random, input);
  converse(input, parts);
  expectSame(
    readInParts(input, parts, readHandshake),
    readHandshake(input).kind,
    'a handshake is the same however it is split',
  );
  expectSame(readInParts(input, parts, readResult), readResult(input).kind, 'a result is the same however it is split');
  return outcome;
}

/** The first verdict while bytes arrive. */
function readInParts<Kind extends string>(
  input: Uint8Array,
  parts: readonly Uint8Array[],
  read: (written: Uint8Array) => { readonly kind: Kind },
): Kind {
  let length = 0;
  for (const part of parts) {
    length += part.length;
    const { kind } = read(input.subarray(0, length));
    if (kind !== 'incomplete') return kind;
  }
  return read(input).kind;
}

/** Plays the parts to a pool and to the model; events come between them by chance. */
function converse(input: Uint8Array, parts: readonly Uint8Array[]): string {
  const random = randomOf(input);
  const pool = startPool({ process: { autorestart: 'never' } });
  const listener = pool.listener(0);
  const model = createListenerModel(10);
  listener.tell('child.starting', 'child.up');
  const seen = new Set<string>();
  for (const part of parts) {
    for (let raised = random.below(3); raised > 0; raised -= 1) {
      pool.raise();
      model.raise();
    }
    listener.writes(part);
    model.write(Buffer.from(part).toString('latin1'));
    expectSame(
      { state: listener.state, received: listener.received, waiting: pool.waiting },
      { state: model.state, received: model.received, waiting: model.waiting },
      'the conversation goes as the model says',
    );
    expectThat(listener.heldBytes <= 1024 * 1024 + 8192, `${listener.heldBytes} bytes are held`);
    seen.add(listener.state);
  }
  pool.actor.stop();
  return `${[...seen].join(' ')} ${Math.min(listener.received.length, 4)} ${pool.reports.at(-1)?.split(' ')[0]}`;
}
