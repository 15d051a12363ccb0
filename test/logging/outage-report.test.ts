import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OutageReport } from '../../src/logging/outage-report.ts';

let reports: string[] = [];
let outage: OutageReport;

beforeEach(() => {
  vi.useFakeTimers();
  reports = [];
  outage = new OutageReport({ path: 'a.log', report: (message) => reports.push(message), calmMs: 1000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const refused = "cannot write to log 'a.log': no space";
const again = (lost: number): string => `log 'a.log' can be written again; ${lost} bytes are lost`;

/** Everything finds room, and right after that nothing does. */
function alternate(times: number): void {
  for (let round = 0; round < times; round += 1) {
    outage.began('no space');
    vi.advanceTimersByTime(100);
    outage.ended(5);
    vi.advanceTimersByTime(100);
  }
}

test('an outage is told when it begins and when it ends, and so is another one much later', () => {
  alternate(1);
  vi.advanceTimersByTime(2000);
  alternate(1);
  expect(reports).toEqual([refused, again(5), refused, again(5)]);
});

test('outages that follow each other soon are told as one, which ends when it has been calm, with all that was lost', () => {
  alternate(50);
  expect(reports).toEqual([refused, again(5), refused]);
  vi.advanceTimersByTime(1000);
  expect(reports.slice(3)).toEqual([again(49 * 5)]);
  vi.advanceTimersByTime(100_000);
  expect(reports).toHaveLength(4);
});

test('what was lost and not told yet is told when the log is closed', () => {
  alternate(3);
  outage.closed(0);
  expect(reports).toEqual([refused, again(5), refused, again(10)]);
  alternate(3);
  outage.began('no space');
  outage.closed(7);
  expect(reports.at(-1)).toBe("log 'a.log' could not be written to its end; 22 bytes are lost");
});

test('nothing is told of what somebody has cleared', () => {
  alternate(3);
  outage.forget();
  outage.closed(0);
  vi.advanceTimersByTime(10_000);
  expect(reports).toEqual([refused, again(5), refused]);
});
