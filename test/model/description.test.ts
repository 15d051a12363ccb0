import { describe, expect, test } from 'vitest';
import { type Described, describeProcess, formatStopTime, formatUptime } from '../../src/model/description.ts';
import type { ProcessState } from '../../src/model/process-state.ts';

const started = new Date(2026, 10, 22, 14, 0, 0).getTime();
const stopped = new Date(2026, 10, 22, 14, 39, 59).getTime();

const described = (state: ProcessState, values: Partial<Described> = {}): string =>
  describeProcess({
    state,
    name: 'web',
    pid: 4711,
    startedAt: started,
    stoppedAt: 0,
    spawnError: '',
    now: started + 3_725_000,
    ...values,
  });

describe('the description of a process', () => {
  test.each(['STARTING', 'STOPPING', 'UNKNOWN'] as const)('is empty in %s', (state) => {
    expect(described(state, { spawnError: 'command is empty', stoppedAt: stopped })).toBe('');
  });

  test('in RUNNING tells pid and uptime', () => {
    expect(described('RUNNING', { spawnError: 'left over' })).toBe('pid 4711, uptime 1:02:05');
  });

  test.each(['BACKOFF', 'FATAL'] as const)('in %s tells the spawn error, or where to look', (state) => {
    expect(described(state, { spawnError: 'command is empty' })).toBe('command is empty');
    expect(described(state)).toBe('unknown error (try "tail web")');
  });

  test.each(['STOPPED', 'EXITED'] as const)('in %s tells when it stopped', (state) => {
    expect(described(state, { stoppedAt: stopped, spawnError: 'Bad exit code 1' })).toBe('Nov 22 02:39 PM');
    expect(described(state, { startedAt: 0 })).toBe('Not started');
  });

  test('in STOPPED after failed starts without a child is "Not started", not the beginning of 1970', () => {
    expect(described('STOPPED', { spawnError: 'command is empty' })).toBe('Not started');
  });
});

describe('uptime', () => {
  test.each([
    [-5000, '0:00:00'],
    [0, '0:00:00'],
    [999, '0:00:00'],
    [1000, '0:00:01'],
    [59_999, '0:00:59'],
    [3_600_000, '1:00:00'],
    [36_000_000, '10:00:00'],
    [86_399_999, '23:59:59'],
    [86_400_000, '1 day, 0:00:00'],
    [172_799_000, '1 day, 23:59:59'],
    [172_800_000, '2 days, 0:00:00'],
    [100 * 86_400_000 + 61_000, '100 days, 0:01:01'],
  ])('of %i ms is %s', (milliseconds, text) => {
    expect(formatUptime(milliseconds)).toBe(text);
  });
});

describe('the time of a stop', () => {
  test.each([
    [[2026, 0, 1, 0, 0], 'Jan 01 12:00 AM'],
    [[2026, 1, 9, 0, 5], 'Feb 09 12:05 AM'],
    [[2026, 4, 30, 11, 59], 'May 30 11:59 AM'],
    [[2026, 7, 31, 12, 0], 'Aug 31 12:00 PM'],
    [[2026, 11, 31, 23, 59], 'Dec 31 11:59 PM'],
  ] as const)('%j reads %s, in local time', ([year, month, day, hours, minutes], text) => {
    expect(formatStopTime(new Date(year, month, day, hours, minutes).getTime())).toBe(text);
  });
});
