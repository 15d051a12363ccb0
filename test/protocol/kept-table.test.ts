import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessInfo } from '../../src/model/process-info.ts';
import { markTable } from '../../src/model/process-table.ts';
import { encodeMessage } from '../../src/protocol/codec.ts';
import { encodeXmlResult } from '../../src/protocol/xml-rpc-writer.ts';

const text = fc.oneof(
  fc.constantFrom(
    '',
    'web',
    'pid 7, uptime 0:00:06',
    'pid 7, uptime 0:00:07',
    'pid 7, uptime 10:00:00',
    'a&b',
    'é<>',
    '💥',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const number = fc.oneof(fc.constantFrom(0, 20, 200), fc.integer({ min: 0, max: 2 ** 31 - 1 }));
const now = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1_700_000_000, max: 1_700_000_003 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 999_999_999, 1_000_000_000, 2 ** 31 - 1) },
);

const row: fc.Arbitrary<ProcessInfo> = fc.record(
  {
    name: text,
    group: text,
    start: number,
    stop: number,
    now,
    state: number,
    statename: fc.constantFrom('RUNNING', 'STOPPED', 'FATAL'),
    spawnerr: text,
    exitstatus: number,
    logfile: text,
    stdout_logfile: text,
    stderr_logfile: text,
    pid: number,
    description: text,
  },
  { noNullPrototype: true },
);

/** What may become of a list until it is asked for again: the time passes, something happens to one, one comes or goes. */
type Change = (rows: readonly ProcessInfo[]) => readonly ProcessInfo[];
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ now, description: text }).map(
    (passed): Change =>
      (rows) =>
        rows.map((one) => ({ ...one, ...passed })),
  ),
  fc.tuple(fc.nat(), text).map(
    ([at, description]): Change =>
      (rows) =>
        rows.map((one, index) => (index === at % rows.length ? { ...one, description } : one)),
  ),
  fc.tuple(fc.nat(), row).map(
    ([at, other]): Change =>
      (rows) =>
        rows.map((one, index) => (index === at % rows.length ? other : one)),
  ),
  row.map(
    (other): Change =>
      (rows) => [...rows, other],
  ),
  fc.constant<Change>((rows) => rows.slice(1)),
  fc.constant<Change>((rows) => rows),
);

const encodings = [
  ['MessagePack-RPC', (result: unknown) => encodeMessage({ type: 'response', id: 70_000, error: null, result })],
  ['XML-RPC', encodeXmlResult],
] as const;

describe('a list of all processes', () => {
  it.each(encodings)('is the same over %s with and without what was encoded before', (_protocol, encode) => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), fc.array(change, { maxLength: 6 }), (first, changes) => {
        let rows: readonly ProcessInfo[] = first;
        for (const apply of [(same: readonly ProcessInfo[]) => same, ...changes]) {
          rows = apply(rows);
          expect(Buffer.compare(encode(markTable([...rows])), encode([...rows]))).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(encodings)('that was sent over %s does not change with the next one', (_protocol, encode) => {
    const [sample] = fc.sample(row, 1);
    if (sample === undefined) throw new Error('no row');
    const rows = [{ ...sample, now: 1_700_000_000, description: 'pid 7, uptime 0:00:06' }];
    const sent = encode(markTable(rows));
    const before = Buffer.from(sent);
    encode(markTable(rows.map((one) => ({ ...one, now: one.now + 1, description: 'pid 7, uptime 0:00:07' }))));
    expect(Buffer.compare(sent, before)).toBe(0);
  });
});
