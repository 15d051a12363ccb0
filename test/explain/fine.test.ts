import { describe, expect, test } from 'vitest';
import { isFine } from '../../src/explain/fine.ts';
import { exited } from '../helpers/spec-samples.ts';
import { explained, secondsAgo } from './explained.ts';

const restarted = { starts: 2, lastEnd: exited(1), startedAt: secondsAgo(10), stoppedAt: secondsAgo(11) } as const;

describe('a process is fine', () => {
  test.each([
    ['while it is stopped', explained()],
    ['while it starts for the first time', explained({ statename: 'STARTING', starts: 1 })],
    ['while it runs', explained({ statename: 'RUNNING', starts: 1, startedAt: secondsAgo(1) })],
    ['a while after it was restarted', explained({ ...restarted, statename: 'RUNNING', startedAt: secondsAgo(61) })],
    ['when a client has restarted it', explained({ ...restarted, statename: 'RUNNING', wasStopped: true })],
    ['when it has ended as expected', explained({ statename: 'EXITED', lastEnd: exited(0) })],
    ['while it takes its time to stop', explained({ statename: 'STOPPING', state: 'alive.STOPPING.signalled' })],
    ['when it has ended with the daemon', explained({ statename: 'EXITED', lastEnd: exited(1), isEnding: true })],
  ])('%s', (_, facts) => expect(isFine(facts)).toBe(true));
});

describe('a process is not fine', () => {
  test.each([
    ['when it was restarted just now', explained({ ...restarted, statename: 'RUNNING' })],
    [
      'when it is an event listener that was stopped for what it said',
      explained({ ...restarted, statename: 'RUNNING', wasStopped: true }, { kind: 'eventlistener' }),
    ],
    ['while it is started again after a bad end', explained({ ...restarted, statename: 'STARTING' })],
    ['while it is started again after a failure', explained({ statename: 'STARTING', failures: 1 })],
    ['when it has ended in another way than expected', explained({ statename: 'EXITED', lastEnd: exited(1) })],
    ['when it had to be killed', explained({ statename: 'STOPPING', state: 'alive.STOPPING.killing' })],
    ['in BACKOFF', explained({ statename: 'BACKOFF' })],
    ['in FATAL', explained({ statename: 'FATAL' })],
    ['in UNKNOWN', explained({ statename: 'UNKNOWN' })],
  ])('%s', (_, facts) => expect(isFine(facts)).toBe(false));
});
