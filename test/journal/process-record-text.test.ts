import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProcessRecord, processRecordText } from '../../src/journal/process-record-text.ts';
import { resumableStates } from '../../src/model/listener-protocol.ts';
import { anyRecord, sampleRecord } from './sample-journals.ts';

/** As every version must be able to read it. */
const text =
  '{"group":"web","name":"web","state":"RUNNING","pid":815,"startTicks":2345678,"startedAt":1700000000000.5,' +
  '"stoppedAt":0,"failures":0,"lastExit":{"kind":"signalled","signal":"SIGSEGV","coreDumped":true},"spawnError":"",' +
  '"restartDeclined":false,"autoLogs":{"stdout":"/tmp/web-stdout.log","stderr":""},' +
  '"fingerprint":"0123456789abcdef0123456789abcdef",' +
  '"stop":{"signal":{"name":"SIGTERM","number":15},"waitMs":10000,"asGroup":false,"killAsGroup":false}}';

const record = sampleRecord({ lastExit: { kind: 'signalled', signal: 'SIGSEGV', coreDumped: true } });

const parsed = (value: string) => parseProcessRecord(Buffer.from(value));

/** The text with another value at a path of keys; undefined takes the key away. */
function withValue(path: readonly string[], value: unknown): string {
  const copy: unknown = JSON.parse(text);
  let place = copy as Record<string, unknown>;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string, unknown>;
  place[path.at(-1) ?? ''] = value;
  return JSON.stringify(copy);
}

describe('the text of a process record', () => {
  test.each(resumableStates)('tells where the conversation with a listener stands: %s', (listener) => {
    expect(parsed(processRecordText({ ...record, listener }))).toEqual({ ...record, listener });
  });

  test.each([undefined, null, 'UNKNOWN', 'DREAMING', 7])(
    'means by the state %j of a listener that it is not known',
    (value) => {
      expect(parsed(withValue(['listener'], value))).toEqual(record);
    },
  );

  test('tells by what everything can be found that the program has started', () => {
    const marked = { ...record, treeMark: '0123456789abcdef' };
    expect(parsed(processRecordText(marked))).toEqual(marked);
    for (const value of [undefined, '', '0123', '0123456789ABCDEF', 7]) {
      expect(parsed(withValue(['treeMark'], value))).toEqual(record);
    }
  });

  test('is this', () => {
    expect(processRecordText(record)).toBe(text);
    expect(parsed(text)).toEqual(record);
  });

  test('says the same when it is read back', () => {
    fc.assert(
      fc.property(anyRecord, (each) => {
        expect(parsed(processRecordText(each))).toEqual(each);
      }),
    );
  });

  test('may have fields that are not known yet', () => {
    expect(parsed(withValue(['future'], { any: 'thing' }))).toEqual(record);
  });

  test.each<[string, unknown]>([
    ['group', 1],
    ['name', null],
    ['state', 'SLEEPING'],
    ['state', 'toString'],
    ['pid', -1],
    ['pid', 1.5],
    ['pid', '815'],
    ['startTicks', 2 ** 60],
    ['startedAt', null],
    ['stoppedAt', '0'],
    ['failures', -1],
    ['lastExit', 0],
    ['lastExit', undefined],
    ['lastExit.kind', 'vanished'],
    ['lastExit.signal', 11],
    ['lastExit.coreDumped', 1],
    ['lastExit', { kind: 'exited' }],
    ['lastExit', { kind: 'exited', code: -1 }],
    ['spawnError', null],
    ['restartDeclined', 0],
    ['autoLogs', ''],
    ['autoLogs.stderr', null],
    ['fingerprint', undefined],
    ['stop', null],
    ['stop.signal', 'SIGTERM'],
    ['stop.signal.number', 'TERM'],
    ['stop.waitMs', null],
    ['stop.asGroup', undefined],
  ])('is refused with another %s: %j', (path, value) => {
    expect(parsed(withValue(path.split('.'), value))).toBeNull();
  });

  test.each(['', 'null', '[]', '"text"', '{', `${text}}`, text.slice(1), '\0'])('is refused when it is %j', (value) => {
    expect(parsed(value)).toBeNull();
  });

  test('is refused when it is not UTF-8', () => {
    expect(parseProcessRecord(Buffer.from(text.replace('web', 'w\xe4b'), 'latin1'))).toBeNull();
  });
});
