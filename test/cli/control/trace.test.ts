import { describe, expect, test } from 'vitest';
import { plain } from '../../../src/cli/control/paint.ts';
import { runLine } from '../../../src/cli/control/run-line.ts';
import { createTraceFormat } from '../../../src/cli/control/trace-lines.ts';
import { readTraceOptions } from '../../../src/cli/control/trace-options.ts';
import type { SubscribeOptions } from '../../../src/client/control-client.ts';
import { Fault } from '../../../src/model/errors.ts';
import type { TraceRecord } from '../../../src/model/trace.ts';
import { waitFor } from '../../helpers/wait.ts';
import { fakeSession } from './fake-session.ts';

const at = new Date(2026, 10, 22, 22, 41, 7, 5).getTime();

const record = (serial: number, values: Partial<TraceRecord> = {}): TraceRecord => ({
  serial,
  at: at + serial,
  cause: 0,
  actor: 'process',
  of: 'web:web',
  event: 'process.stop',
  outcome: 'taken',
  from: 'alive.RUNNING',
  to: 'alive.STOPPING.signalled',
  via: [],
  guards: [],
  facts: {},
  written: null,
  ...values,
});

/** A stop from the request to its end. */
const stop: readonly TraceRecord[] = [
  record(40, {
    actor: 'request',
    of: '',
    event: 'supervisor.stopProcess',
    outcome: 'noted',
    from: '',
    to: '',
    facts: { peer: 'uid=0 pid=42', params: 'web', result: 'true' },
  }),
  record(41, { cause: 40 }),
  record(42, {
    cause: 41,
    actor: 'child',
    event: 'child.signal',
    outcome: 'noted',
    from: '',
    to: '',
    facts: { signal: 'SIGTERM', toGroup: false },
  }),
  record(43, { of: 'g:b', event: 'after backoff', from: 'BACKOFF', to: 'alive.STARTING.spawning' }),
  record(44, {
    cause: 42,
    event: 'child.exited',
    from: 'alive.STOPPING.signalled',
    to: 'STOPPED',
    facts: { status: 'terminated by SIGTERM', ranMs: 6372 },
  }),
];

const lines = (records: readonly TraceRecord[]): readonly string[] => records.map(createTraceFormat(plain));

describe('the lines of a trace', () => {
  test('tell a chain of causes from top to bottom', () => {
    expect(lines(stop)).toEqual([
      '22:41:07.045  #40     request  supervisor.stopProcess(web)  by uid=0 pid=42, result true',
      '22:41:07.046  #41       web  process.stop  RUNNING -> STOPPING.signalled',
      '22:41:07.047  #42         child of web  child.signal  signal SIGTERM',
      '22:41:07.048  #43     g:b  after backoff  BACKOFF -> STARTING.spawning',
      '22:41:07.049  #44           web  child.exited  STOPPING.signalled -> STOPPED  terminated by SIGTERM, ran 6.4 s  because of #42',
    ]);
  });

  test.each<readonly [string, Partial<TraceRecord>]>([
    ['web  process.start  ignored in RUNNING', { event: 'process.start', outcome: 'ignored', to: 'alive.RUNNING' }],
    [
      'web  process.start  refused in STOPPED  [not mayStart: quiescent true]',
      {
        event: 'process.start',
        outcome: 'refused',
        from: 'STOPPED',
        to: 'STOPPED',
        guards: [{ name: 'mayStart', held: false, values: 'quiescent true' }],
      },
    ],
    [
      'web  child.exited  STARTING.proving -> BACKOFF -> FATAL  [isExhausted: failures 4, startretries 3]',
      {
        event: 'child.exited',
        from: 'alive.STARTING.proving',
        via: ['BACKOFF'],
        to: 'FATAL',
        guards: [
          { name: 'stayedUp', held: false, values: 'ranMs 2' },
          { name: 'isExhausted', held: true, values: 'failures 4, startretries 3' },
        ],
      },
    ],
    ['web  child.signalFailed  RUNNING -> alive.UNKNOWN', { event: 'child.signalFailed', to: 'alive.UNKNOWN' }],
    ['web  process.signal', { event: 'process.signal', to: 'alive.RUNNING' }],
    ['group g  group.drain  a -> b', { actor: 'group', of: 'g', event: 'group.drain', from: 'a', to: 'b' }],
    ['web  process.stop  RUNNING -> STOPPING.signalled  because of #3', { cause: 3 }],
  ])('say %s', (expected, values) => {
    expect(lines([record(7, values)])[0]?.slice('22:41:07.012  #7      '.length)).toBe(expected);
  });
});

describe('the words behind trace', () => {
  test.each([
    ['', { name: '', follow: false, sinceMs: null, json: false }],
    ['web', { name: 'web' }],
    ['all', { name: '' }],
    ['-f web --json', { name: 'web', follow: true, json: true }],
    ['--since 10m', { sinceMs: 600_000 }],
    ['--since=1.5h g:*', { name: 'g:*', sinceMs: 5_400_000 }],
    ['--since 90', { sinceMs: 90_000 }],
    ['--since 2d', { sinceMs: 172_800_000 }],
  ])('%j', (words, options) => {
    expect(readTraceOptions(words.split(' ').filter((word) => word !== ''))).toMatchObject({
      kind: 'options',
      options,
    });
  });

  test.each([
    ['--since', '--since wants a duration as 90s, 10m, 2h or 1d, not ""'],
    ['--since yesterday', '--since wants a duration as 90s, 10m, 2h or 1d, not "yesterday"'],
    ['-x', 'unknown option -x'],
    ['a b', 'too many process names supplied'],
  ])('%j is a mistake', async (words, reason) => {
    const session = fakeSession();
    await runLine(session.context, `trace ${words}`);
    expect(session.stdout()).toMatch(`ERROR: ${reason}\ntrace\t`);
    expect(session.context.exitStatus).toBe(1);
  });
});

/** Answers `trace.read` as a server that remembers these records. */
const remembering =
  (records: readonly TraceRecord[]) =>
  (_: string, since: number, limit: number): object => ({
    version: 1,
    first: records[0]?.serial ?? 0,
    last: records.at(-1)?.serial ?? 0,
    records: records.filter(({ serial }) => serial > since).slice(0, limit),
  });

describe('trace', () => {
  test('prints what is remembered, each record once', async () => {
    const session = fakeSession({ answers: { 'trace.read': remembering([...stop, ...stop]) } });
    await runLine(session.context, 'trace web');
    expect(session.stdout().match(/ #\d+ /g)).toEqual([' #40 ', ' #41 ', ' #42 ', ' #43 ', ' #44 ']);
    expect(session.calls).toEqual(['trace.read("web", 0, 10000)']);
  });

  test('leaves out what was before --since', async () => {
    const records = [record(1, { at: Date.now() - 120_000 }), record(2, { at: Date.now() })];
    const session = fakeSession({ answers: { 'trace.read': remembering(records) } });
    await runLine(session.context, 'trace --since 1m');
    expect(session.stdout()).toMatch(/^\S+ {2}#2 .*\n$/);
  });

  test('prints one JSON object a line, as the server gave it', async () => {
    const session = fakeSession({ answers: { 'trace.read': remembering(stop) } });
    await runLine(session.context, 'trace --json');
    expect(
      session
        .stdout()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(stop);
  });

  test('goes on with what happens until Ctrl-C', async () => {
    let subscribed: SubscribeOptions | null = null;
    const session = fakeSession({
      answers: { 'trace.read': remembering(stop.slice(0, 2)) },
      subscribe: (options) =>
        new Promise((resolve) => {
          subscribed = options;
          options.onReply({ subscription: 1 });
          options.onNotification('trace.records', [stop.slice(1, 3)]);
          options.signal.addEventListener('abort', () => resolve());
        }),
    });
    const running = runLine(session.context, 'trace -f web');
    await waitFor('the subscription', () => subscribed !== null);
    session.context.interrupts.raise();
    await running;
    expect(subscribed).toMatchObject({ method: 'subscribe.trace', params: ['web', 41] });
    expect(session.stdout().match(/#\d+/g)).toEqual(['#40', '#41', '#42']);
  });

  test('says on standard error why there is nothing to see', async () => {
    const session = fakeSession({ answers: { 'trace.read': remembering([]) } });
    await runLine(session.context, 'trace');
    expect(session.stdout()).toBe('');
    expect(session.stderr()).toBe('hint: nothing is remembered: trace_size is 0, or nothing has happened yet\n');
  });

  test('knows a process that does not exist from a server that has no trace', async () => {
    const missing = fakeSession({ answers: { 'trace.read': Fault.of('BAD_NAME', 'nope') } });
    await runLine(missing.context, 'trace nope');
    expect(missing.stdout()).toBe('nope: ERROR (no such process)\n');
    const missingGroup = fakeSession({ answers: { 'trace.read': Fault.of('BAD_NAME', 'nope:*') } });
    await runLine(missingGroup.context, 'trace nope:*');
    expect(missingGroup.stdout()).toBe('nope: ERROR (no such group)\n');
    const original = fakeSession({ answers: { 'trace.read': Fault.of('UNKNOWN_METHOD') } });
    await runLine(original.context, 'trace');
    expect(original.stdout()).toBe(
      "ERROR: this supervisord does not know trace; it is Supervisor's, or an older version\n",
    );
    expect(original.context.exitStatus).toBe(3);
  });
});
