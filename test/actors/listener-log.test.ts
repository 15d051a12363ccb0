import { expect, test } from 'vitest';
import { createActor, fromCallback } from 'xstate';
import type { PoolReport, ProcessCommand } from '../../machines/events.ts';
import { createLoggedPool } from '../../src/actors/listener-log.ts';
import { fakeParent } from '../helpers/fake-actors.ts';
import { sampleProcess } from '../helpers/spec-samples.ts';

/** A pool `mail` of one listener `mail_0` that is RUNNING, and the lines it leaves. */
function openPool(autorestart: 'always' | 'never' = 'always') {
  const lines: string[] = [];
  const write = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const log = { error: write('error'), warn: write('warn'), debug: write('debug') };
  const process = createActor(fromCallback<ProcessCommand>(() => {})).start();
  const pool = createActor(createLoggedPool({ log, onDefect: expect.unreachable }), {
    input: {
      spec: { name: 'mail', pool: { bufferSize: 1, events: [], resultHandler: '', lengthUnit: 'characters' } },
      members: [{ spec: sampleProcess({ name: 'mail_0', kind: 'eventlistener', autorestart }), process }],
      parent: fakeParent<PoolReport>().ref,
    },
  }).start();
  const listener = pool.getSnapshot().context.listeners.get('mail_0');
  listener?.send({ type: 'child.up' });
  return {
    lines,
    writes: (text: string) => listener?.send({ type: 'child.wrote', bytes: Buffer.from(text, 'latin1') }),
    closesInput: () => listener?.send({ type: 'child.stdinClosed' }),
    raise: (...serials: readonly number[]) => {
      for (const serial of serials)
        pool.send({ type: 'pool.accept', event: { type: 'TICK_5', serial, server: '', payload: '' } });
    },
  };
}

const unknown =
  'warn mail_0: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process ' +
  'violated the eventlistener protocol';

test('a conversation leaves the lines that Supervisor leaves, and one more when the protocol is broken', () => {
  const { lines, writes, raise } = openPool();
  writes('READY\n');
  raise(7, 8, 9);
  writes('RESULT 2\nOK');
  writes('READY\nRESULT 2\nOK');
  expect(lines).toEqual([
    'debug mail_0: ACKNOWLEDGED -> READY',
    'debug event 7 sent to listener mail_0',
    'error pool mail event buffer overflowed, discarding event 8',
    'debug mail_0: event was processed',
    'debug mail_0: BUSY -> ACKNOWLEDGED',
    'debug mail_0: ACKNOWLEDGED -> READY',
    'debug mail_0: READY -> UNKNOWN',
    unknown,
    "warn mail_0: wrote b'RESULT 2\\nOK', which is not part of the eventlistener protocol; it is restarted",
  ]);
});

test('a rejection is a warning, and the event is told to wait again', () => {
  const { lines, writes, raise } = openPool();
  writes('READY\n');
  raise(7);
  lines.length = 0;
  writes('RESULT 4\nFAIL');
  expect(lines).toEqual([
    'warn mail_0: event was rejected',
    'debug mail_0: BUSY -> ACKNOWLEDGED',
    'debug rebuffering event 7 for pool mail (buf size=0, max=1)',
  ]);
});

test.each([
  ['nonsense\n', "'nonsense'"],
  ['\xff\n', "'Undecodable: b'\\xff''"],
])('instead of a result, %j is shown', (written, shown) => {
  const { lines, writes, raise } = openPool();
  writes('READY\n');
  raise(7);
  lines.length = 0;
  writes(written);
  expect(lines.slice(0, 3)).toEqual([
    `warn mail_0: bad result line: ${shown}`,
    'debug mail_0: BUSY -> UNKNOWN',
    unknown,
  ]);
});

test('a long violation is shown in part, and what follows from it is said', () => {
  const { lines, writes } = openPool('never');
  writes('x'.repeat(1000));
  expect(lines.at(-1)).toBe(
    `warn mail_0: wrote b'${'x'.repeat(200)}'..., which is not part of the eventlistener protocol; it is left alone, ` +
      'since autorestart=false',
  );
});

test('a closed input is told with the event that was on its way', () => {
  const { lines, writes, raise, closesInput } = openPool();
  writes('READY\n');
  raise(7);
  closesInput();
  expect(lines).toContain('debug epipe occurred while sending event 7 to listener mail_0, listener state unchanged');
});
