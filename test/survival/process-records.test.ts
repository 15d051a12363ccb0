import { describe, expect, test } from 'vitest';
import type { SettledDecision, Stock } from '../../src/adoption/take-stock.ts';
import type { Journal } from '../../src/journal/journal.ts';
import type { ProcessRecord } from '../../src/model/process-record.ts';
import { LastLife } from '../../src/survival/last-life.ts';
import { ProcessRecords } from '../../src/survival/process-records.ts';
import { sampleProcess } from '../helpers/spec-samples.ts';
import { sampleRecord } from '../journal/sample-journals.ts';

const web = sampleProcess({ name: 'web', groupName: 'web' });
const ear = sampleProcess({ name: 'ear', groupName: 'ear', kind: 'eventlistener' });

/** What a journal would say by now, by the name of the process. */
function begun(...decisions: readonly SettledDecision[]) {
  const stock: Stock = { header: null, decisions, strangers: [], keepers: [], reservedSlots: 0, problems: [] };
  const records = new ProcessRecords(new LastLife(stock, 5000));
  const written = new Map<string, ProcessRecord>(decisions.map(({ record }) => [record.name, record]));
  const journal: Journal = {
    slotOf: () => 0,
    write: (record) => written.set(record.name, record),
    writeSoon: (record) => written.set(record.name, record),
    forget: (_, name) => written.delete(name),
    updateHeader: () => {},
    isWhole: () => true,
    heal: () => true,
    close: () => {},
    remove: () => {},
  };
  records.begin(journal, { autoLog: (_, channel) => (channel === 'stdout' ? '/log/out' : null) });
  return { records, written };
}

const left = (values: Partial<ProcessRecord>) => ({
  slot: 3,
  record: sampleRecord({ group: 'web', name: 'web', pid: 7, startTicks: 70, state: 'RUNNING', ...values }),
});

describe('the record of a process', () => {
  test('says what was noted, the child as long as it lives, and what the configuration says', () => {
    const { records, written } = begun();
    records.note(web, { state: 'STARTING', startedAt: 9 });
    expect(written.get('web')).toMatchObject({ state: 'STARTING', startedAt: 9, pid: 0, startTicks: 0 });
    records.note(web, { state: 'STARTING', startedAt: 10 }, 75);
    expect(written.get('web')).toMatchObject({ state: 'STARTING', startedAt: 10, pid: 0, startTicks: 75 });
    records.lives(web, { pid: 8, startTicks: 80 });
    expect(written.get('web')).toMatchObject({
      state: 'STARTING',
      pid: 8,
      startTicks: 80,
      autoLogs: { stdout: '/log/out', stderr: '' },
      stop: { signal: web.stopSignal, waitMs: web.stopWaitMs },
    });
    records.livesNoMore(web);
    records.note(web, { state: 'EXITED' });
    expect(written.get('web')).toMatchObject({ state: 'EXITED', startedAt: 10, pid: 0, startTicks: 0 });
    records.forget('web');
    expect(written.size).toBe(0);
  });

  test('stays as it is once everything ends: whoever comes next ends what it names and finds alive', () => {
    const { records, written } = begun();
    records.note(web, { state: 'RUNNING' });
    records.lives(web, { pid: 8, startTicks: 80 });
    const before = written.get('web');
    expect(before).toMatchObject({ state: 'RUNNING', pid: 8, startTicks: 80 });
    records.end();
    records.note(web, { state: 'STOPPING' });
    records.livesNoMore(web);
    records.note(web, { state: 'STOPPED' });
    records.note(ear, { state: 'STOPPED' });
    expect([...written.values()]).toEqual([before]);
  });

  test('goes on with what was left', () => {
    const { records, written } = begun({ ...left({ failures: 2 }), kind: 'adopt', spec: web });
    records.note(web, { startedAt: 10 });
    expect(written.get('web')).toMatchObject({ state: 'RUNNING', failures: 2, startedAt: 10, pid: 7, startTicks: 70 });
  });

  test('speaks of the program that has to end until it has', () => {
    const { records, written } = begun({ ...left({}), kind: 'end', reason: 'changed' });
    const past = written.get('web');
    records.note(web, { state: 'STARTING' });
    expect(written.get('web')).toEqual(past);
    records.note(web, { state: 'STOPPED' });
    expect(written.get('web')).toEqual({ ...past, state: 'STOPPING' });
    records.forget('web');
    expect(written.get('web')).toEqual({ ...past, state: 'STOPPING' });
    records.note(web, { state: 'STARTING' });
    records.forgetLeftovers();
    expect(written.get('web')).toMatchObject({ state: 'STARTING', pid: 0 });
  });

  test('speaks of the program that has ended while the process waits for what that one has left', () => {
    const treeMark = '0123456789abcdef';
    const { records, written } = begun({ ...left({ treeMark }), kind: 'dead', spec: web });
    const past = written.get('web');
    records.note(web, { state: 'EXITED' });
    expect(written.get('web')).toMatchObject({ state: 'EXITED', pid: 0, treeMark });
    records.note(web, { state: 'STARTING' });
    expect(written.get('web')).toEqual(past);
    records.forgetLeftovers();
    expect(written.get('web')).toMatchObject({ state: 'STARTING', pid: 0 });
    records.livesNoMore(web);
    records.note(web, { state: 'BACKOFF' });
    expect(written.get('web')).toMatchObject({ state: 'BACKOFF', treeMark: null });
  });

  test('that is not gone on with speaks of what is left until that has ended', () => {
    const { records, written } = begun({
      ...left({ treeMark: '0123456789abcdef' }),
      kind: 'forget',
      reason: 'not-configured',
    });
    records.forgetEnded();
    expect(written.size).toBe(1);
    records.forgetLeftovers();
    expect(written.size).toBe(0);
  });

  test('is gone with a program that has ended and is not gone on with', () => {
    const { records, written } = begun({ ...left({}), kind: 'forget', reason: 'not-configured' });
    records.forgetEnded();
    expect(written.size).toBe(0);
  });

  test('tells of a conversation only while the listener lives', () => {
    const { records, written } = begun();
    records.noteConversation(ear, 'READY');
    expect(written.size).toBe(0);
    records.lives(ear, { pid: 8, startTicks: 80 });
    records.noteConversation(ear, 'READY');
    expect(written.get('ear')).toMatchObject({ listener: 'READY', pid: 8 });
  });
});
