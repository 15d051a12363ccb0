import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TraceRecord } from '../../src/model/trace.ts';
import { createBench, groupOf, lone, outcomeOf } from './fake-control.ts';

const record = (serial: number, of: string, values: Partial<TraceRecord> = {}): TraceRecord => ({
  serial,
  at: 1000,
  cause: 0,
  actor: 'process',
  of,
  event: 'process.start',
  outcome: 'taken',
  from: 'STOPPED',
  to: 'alive.STARTING.spawning',
  via: [],
  guards: [{ name: 'mayStart', held: true, values: '' }],
  facts: { pid: 7 },
  written: { stdout: 0, stderr: 1 },
  ...values,
});

const bench = (...traced: readonly TraceRecord[]) => {
  const created = createBench(lone('web', 'RUNNING'), groupOf('g', { a: 'STOPPED' }));
  created.control.traced = traced;
  return created;
};

describe('trace.read', () => {
  test('answers whole records', async () => {
    const records = [record(1, 'web:web'), record(2, 'g:a')];
    expect(await bench(...records).call('trace.read')).toEqual({ version: 1, first: 1, last: 2, records });
    expect(await bench(...records).call('trace.read', 'g:a', 1)).toMatchObject({ records: [records[1]] });
    expect(await bench(...records).call('trace.read', 'web')).toMatchObject({ records: [records[0]] });
  });

  test('knows what is gone as long as it is remembered', async () => {
    const gone = [record(1, 'old:old')];
    expect(await bench(...gone).call('trace.read', 'old')).toMatchObject({ records: gone });
    expect(await outcomeOf(bench().call('trace.read', 'old'))).toBe('BAD_NAME: old');
  });

  test.each<[readonly unknown[], string]>([
    [['', 0, 0], 'BAD_ARGUMENTS: 0'],
    [['', 0, 10_001], 'BAD_ARGUMENTS: 10001'],
    [['', -1], 'BAD_ARGUMENTS: -1'],
  ])('of %j is refused: %s', async (params, outcome) => {
    expect(await outcomeOf(bench().call('trace.read', ...params))).toBe(outcome);
  });
});

test('trace.tree answers the root', async () => {
  expect(await bench().call('trace.tree')).toMatchObject({ actor: 'supervisor', children: [] });
});

describe('trace.output', () => {
  test('answers what was logged between two counts', async () => {
    expect(await bench().call('trace.output', 'web', 'stderr', 3, 9)).toEqual({
      available: true,
      from: 3,
      to: 9,
      bytes: Buffer.from('stderr 3 9'),
    });
  });

  test.each<[readonly unknown[], string]>([
    [['web', 'stdin', 0, 1], 'BAD_ARGUMENTS: stdin'],
    [['web', 'stdout', 2, 1], 'BAD_ARGUMENTS: 1'],
    [['g:*', 'stdout', 0, 1], 'BAD_NAME: g:*'],
  ])('of %j is refused: %s', async (params, outcome) => {
    expect(await outcomeOf(bench().call('trace.output', ...params))).toBe(outcome);
  });
});

describe('subscribe.trace', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('tells what is kept, then what happens, together and no more than twenty times a second', async () => {
    const { call, control, session } = bench(record(1, 'web:web'), record(2, 'web:web'));
    expect(await call('subscribe.trace', '', 1)).toEqual({ subscription: 1, version: 1, first: 1, last: 2 });
    const happen = (one: TraceRecord) => {
      for (const listener of control.recordListeners) listener(one);
    };
    expect(session.notifications).toEqual([]);
    vi.advanceTimersByTime(50);
    happen(record(3, 'g:a'));
    happen(record(4, 'g:a'));
    vi.advanceTimersByTime(49);
    expect(session.notifications).toEqual([['trace.records', [1, [record(2, 'web:web')]]]]);
    vi.advanceTimersByTime(1);
    expect(session.notifications.at(-1)).toEqual(['trace.records', [1, [record(3, 'g:a'), record(4, 'g:a')]]]);
    vi.advanceTimersByTime(10_000);
    expect(session.notifications).toHaveLength(2);
  });

  test('tells much in pieces', async () => {
    const { call, session } = bench(...Array.from({ length: 1200 }, (_, index) => record(index + 1, 'web:web')));
    await call('subscribe.trace');
    vi.advanceTimersByTime(1000);
    expect(session.notifications.map(([, [, records]]) => (records as readonly unknown[]).length)).toEqual([
      500, 500, 200,
    ]);
  });

  test('ends with the connection and when it is told to', async () => {
    const { call, control, session } = bench(record(1, 'web:web'));
    await call('subscribe.trace');
    await call('subscribe.trace', 'web');
    expect(control.recordListeners.size).toBe(2);
    expect(await call('subscribe.end', 1)).toBe(true);
    session.close();
    expect(control.recordListeners.size).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(session.notifications).toEqual([]);
  });

  test('of nothing that is known is refused', async () => {
    expect(await outcomeOf(bench().call('subscribe.trace', 'nope'))).toBe('BAD_NAME: nope');
  });
});

describe('a control action', () => {
  const noted = async (method: string, ...params: readonly unknown[]) => {
    const { call, control, process } = bench();
    const notes: unknown[] = [];
    let depth = 0;
    control.noteRequest = (request) => {
      notes.push(request);
      return {
        within: (order) => {
          depth += 1;
          try {
            return order();
          } finally {
            depth -= 1;
          }
        },
        answered: (result) => void notes.push(result),
        refused: (fault) => void notes.push(`refused: ${fault}`),
      };
    };
    const start = process('g:a'.slice(2)).start.bind(process('a'));
    process('a').start = () => {
      notes.push(`start within ${depth}`);
      start();
    };
    process('a').startScript = ['STARTING', 'RUNNING'];
    await call(method, ...params).catch(() => {});
    return notes;
  };

  test('is noted with what it is for and by whom, its orders follow from it, and so does its answer', async () => {
    expect(await noted('supervisor.startProcess', 'g:a')).toEqual([
      {
        of: 'g:a',
        method: 'supervisor.startProcess',
        facts: { peer: 'test over unix', params: 'g:a' },
      },
      'start within 1',
      'true',
    ]);
  });

  test('of a group and of nothing that exists is noted as such', async () => {
    expect((await noted('supervisor.stopProcessGroup', 'g'))[0]).toMatchObject({ of: 'g' });
    expect(await noted('supervisor.startProcess', 'nope')).toMatchObject([{ of: '' }, 'refused: BAD_NAME']);
  });

  test('that is refused says so', async () => {
    expect((await noted('supervisor.startProcess', 'web')).at(-1)).toBe('refused: ALREADY_STARTED');
  });

  test('shows no secret', async () => {
    const [request] = await noted('supervisor.sendProcessStdin', 'web', 'hunter2');
    expect(request).toMatchObject({ of: 'web:web', facts: { params: 'web <7 bytes>' } });
  });

  test('that only reads is not noted', async () => {
    expect(await noted('supervisor.getAllProcessInfo')).toEqual([]);
  });
});
