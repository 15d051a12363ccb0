import { describe, expect, test } from 'vitest';
import { explainState } from '../../src/explain/reason.ts';
import { processStates } from '../../src/model/process-state.ts';
import { spawnErrorTexts } from '../../src/model/restart-policy.ts';
import { exited, signalled } from '../helpers/spec-samples.ts';
import { explained, secondsAgo } from './explained.ts';

const quick = (code: number, at: number, ranMs = 200) => ({ at, status: exited(code), spawnError: '', ranMs });
const unspawned = (spawnError: string, at: number) => ({ at, status: null, spawnError, ranMs: 0 });
const unseen = { kind: 'unseen' } as const;

const cases: Readonly<Record<string, readonly (readonly [string, ReturnType<typeof explained>])[]>> = {
  STOPPED: [
    ['never started: autostart is false', explained({}, { autostart: false })],
    ['not started yet', explained()],
    ['never started, and supervisord is ending', explained({ isEnding: true })],
    [
      'stopped by uid=0 pid=42 3 min ago; terminated by SIGTERM after 1.2 s',
      explained({
        since: secondsAgo(180),
        startedAt: secondsAgo(300),
        stoppedAt: secondsAgo(180),
        lastEnd: signalled('SIGTERM'),
        stopTookMs: 1200,
        asked: { by: 'uid=0 pid=42', at: secondsAgo(181) },
      }),
    ],
    [
      'stopped 3 min ago; terminated by SIGKILL after 10 s; it had not ended within 10 s of SIGTERM (stopwaitsecs)',
      explained({
        since: secondsAgo(180),
        startedAt: secondsAgo(300),
        stoppedAt: secondsAgo(180),
        lastEnd: signalled('SIGKILL'),
        stopTookMs: 10_010,
      }),
    ],
    [
      'stopped 5.0 s ago; it was waiting for its next try',
      explained({
        since: secondsAgo(5),
        startedAt: secondsAgo(8),
        stoppedAt: secondsAgo(7),
        failures: 2,
        lastEnd: exited(1),
      }),
    ],
    [
      'stopped because supervisord is ending 1.0 s ago; exit status 0 after 0.5 s',
      explained({
        since: secondsAgo(1),
        startedAt: secondsAgo(60),
        stoppedAt: secondsAgo(1),
        lastEnd: exited(0),
        stopTookMs: 500,
        isEnding: true,
      }),
    ],
  ],
  STARTING: [
    [
      'RUNNING in 3.2 s if it stays up (startsecs 10)',
      explained(
        { statename: 'STARTING', state: 'alive.STARTING.proving', startedAt: secondsAgo(6.8), pid: 7, starts: 1 },
        { startMs: 10_000 },
      ),
    ],
    [
      'RUNNING in 0.5 s if it stays up (startsecs 1); attempt 3 of 4, the last one exited with status 1 after 0.2 s',
      explained({
        statename: 'STARTING',
        state: 'alive.STARTING.proving',
        startedAt: secondsAgo(0.5),
        failures: 2,
        failedStarts: [quick(2, secondsAgo(9)), quick(1, secondsAgo(4))],
      }),
    ],
    [
      'RUNNING in 0.5 s if it stays up (startsecs 1); restarted 9 times; before that: exit status 4, 0.6 s ago',
      explained({
        statename: 'STARTING',
        state: 'alive.STARTING.proving',
        startedAt: secondsAgo(0.5),
        stoppedAt: secondsAgo(0.6),
        starts: 10,
        lastEnd: exited(4),
      }),
    ],
    [
      'waits until what an earlier supervisord has left behind has ended',
      explained({ statename: 'STARTING', state: 'alive.STARTING.spawning' }),
    ],
    [
      'has ended too quickly; what it has started is being ended (killtree)',
      explained({ statename: 'STARTING', state: 'alive.STARTING.lingering' }),
    ],
  ],
  RUNNING: [
    ['up for 3 h 12 min', explained({ statename: 'RUNNING', startedAt: secondsAgo(11_520), starts: 1 })],
    [
      'up for 40 s; restarted 2 times; before that: terminated by SIGSEGV, 41 s ago',
      explained({
        statename: 'RUNNING',
        startedAt: secondsAgo(40),
        stoppedAt: secondsAgo(41),
        starts: 3,
        lastEnd: signalled('SIGSEGV'),
      }),
    ],
    [
      'up for 40 s; restarted once; before that: stopped, exit status 0, 41 s ago',
      explained({
        wasStopped: true,
        statename: 'RUNNING',
        startedAt: secondsAgo(40),
        stoppedAt: secondsAgo(41),
        starts: 2,
        lastEnd: exited(0),
      }),
    ],
  ],
  BACKOFF: [
    [
      'next try in 2.4 s (2 of 3 retries used); exited with status 1 after 0.2 s',
      explained({
        statename: 'BACKOFF',
        since: secondsAgo(0.6),
        failures: 3,
        lastEnd: exited(1),
        failedStarts: [quick(1, secondsAgo(0.8))],
      }),
    ],
    [
      "next try in 1.0 s (0 of 3 retries used); can't find command 'wbe'",
      explained({
        statename: 'BACKOFF',
        since: secondsAgo(0),
        failures: 1,
        failedStarts: [unspawned("can't find command 'wbe'", secondsAgo(0))],
      }),
    ],
    [
      'no further try because supervisord is ending; was terminated by SIGSEGV at once',
      explained({
        statename: 'BACKOFF',
        since: secondsAgo(1),
        failures: 1,
        isEnding: true,
        failedStarts: [{ at: secondsAgo(1), status: signalled('SIGSEGV'), spawnError: '', ranMs: 3 }],
      }),
    ],
  ],
  STOPPING: [
    [
      'SIGTERM sent 6.0 s ago, SIGKILL in 4.0 s (stopwaitsecs 10)',
      explained({ statename: 'STOPPING', state: 'alive.STOPPING.signalled', since: secondsAgo(6), pid: 7 }),
    ],
    [
      'SIGINT sent to its process group 6.0 s ago, SIGKILL in 4.0 s (stopwaitsecs 10); asked for by alice from 10.0.0.7:1',
      explained(
        {
          statename: 'STOPPING',
          state: 'alive.STOPPING.signalled',
          since: secondsAgo(6),
          asked: { by: 'alice from 10.0.0.7:1', at: secondsAgo(6) },
        },
        { stopSignal: { name: 'SIGINT', number: 2 }, stopAsGroup: true },
      ),
    ],
    [
      'SIGTERM sent 16 s ago, SIGKILL 6.0 s ago (stopwaitsecs 10), and it has still not ended; supervisord is ending',
      explained({
        statename: 'STOPPING',
        state: 'alive.STOPPING.killing',
        since: secondsAgo(16),
        isEnding: true,
      }),
    ],
  ],
  EXITED: [
    [
      'exited with status 0 after 2 min, 3 min ago; that is expected (exitcodes 0) and autorestart is unexpected, so it is not started again',
      explained({ statename: 'EXITED', stoppedAt: secondsAgo(180), lastRanMs: 120_000, lastEnd: exited(0) }),
    ],
    [
      'exited with status 3 after 2 min, 3 min ago; not started again because autorestart is false (exitcodes 0,2)',
      explained(
        { statename: 'EXITED', stoppedAt: secondsAgo(180), lastRanMs: 120_000, lastEnd: exited(3) },
        { autorestart: 'never', exitCodes: [0, 2] },
      ),
    ],
    [
      'exited with status 3 after 0.4 s, 0.1 s ago; started again in 0.5 s: it had run for less than a second',
      explained(
        {
          statename: 'EXITED',
          since: secondsAgo(0.1),
          stoppedAt: secondsAgo(0.1),
          lastRanMs: 400,
          lastEnd: exited(3),
        },
        { startMs: 0 },
      ),
    ],
    [
      'exited with status 3 after 2 min, 3 min ago; not started again because autorestart is false (exitcodes 0)',
      explained(
        {
          statename: 'EXITED',
          stoppedAt: secondsAgo(180),
          lastRanMs: 120_000,
          lastEnd: exited(3),
          restartDeclined: true,
        },
        { autorestart: 'never' },
      ),
    ],
    [
      'exited with status 3 after 0.4 s, 2.0 s ago; not started again because a stop was asked for by alice before the restart',
      explained({
        statename: 'EXITED',
        since: secondsAgo(2),
        stoppedAt: secondsAgo(2),
        lastRanMs: 400,
        lastEnd: exited(3),
        restartDeclined: true,
        asked: { by: 'alice', at: secondsAgo(2) },
      }),
    ],
    [
      'ended while no supervisord watched it, 2.0 s ago; not started again because supervisord is ending',
      explained({ statename: 'EXITED', stoppedAt: secondsAgo(2), lastEnd: unseen, isEnding: true }),
    ],
  ],
  FATAL: [
    [
      'exited 4 times within 1 s of starting (startsecs 1, startretries 3); last exit status 1',
      explained({
        statename: 'FATAL',
        lastEnd: exited(1),
        failedStarts: [1, 1, 2, 1].map((code, index) => quick(code, secondsAgo(9 - index))),
      }),
    ],
    [
      'exited once within 1 s of starting (startsecs 1, startretries 0); last exit status 127',
      explained(
        { statename: 'FATAL', lastEnd: exited(127), failedStarts: [quick(127, secondsAgo(9))] },
        { startRetries: 0 },
      ),
    ],
    [
      'was terminated 2 times within 1 s of starting (startsecs 1, startretries 1); last terminated by SIGSEGV',
      explained(
        {
          statename: 'FATAL',
          lastEnd: signalled('SIGSEGV'),
          failedStarts: [3, 1].map((seconds) => ({
            at: secondsAgo(seconds),
            status: signalled('SIGSEGV'),
            spawnError: '',
            ranMs: 1,
          })),
        },
        { startRetries: 1 },
      ),
    ],
    [
      "could not be started, tried 2 times (startretries 1); can't find command 'wbe'",
      explained(
        {
          statename: 'FATAL',
          spawnError: "can't find command 'wbe'",
          failedStarts: [3, 1].map((seconds) => unspawned("can't find command 'wbe'", secondsAgo(seconds))),
        },
        { startRetries: 1 },
      ),
    ],
    [
      "2 starts in a row have failed (startsecs 1, startretries 1); can't find command 'wbe'",
      explained(
        {
          statename: 'FATAL',
          failedStarts: [quick(1, secondsAgo(4)), unspawned("can't find command 'wbe'", secondsAgo(2))],
        },
        { startRetries: 1 },
      ),
    ],
    [
      'not tried again because supervisord is ending; exited with status 1 after 0.2 s',
      explained({ statename: 'FATAL', isEnding: true, lastEnd: exited(1), failedStarts: [quick(1, secondsAgo(4))] }),
    ],
    [
      'ended too quickly each time (startsecs 1, startretries 3); that was under an earlier supervisord',
      explained({ statename: 'FATAL', spawnError: spawnErrorTexts.tooQuick }),
    ],
    [
      "could not be started (startsecs 1, startretries 3); can't find command 'wbe'",
      explained({ statename: 'FATAL', spawnError: "can't find command 'wbe'" }),
    ],
    [
      'could not be started (startsecs 1, startretries 3); last exit status 1',
      explained({ statename: 'FATAL', lastEnd: exited(1) }),
    ],
  ],
  UNKNOWN: [
    [
      'a signal could not be sent (unknown problem killing web (7): EPERM); pid 7 still runs and is watched until it ends',
      explained({
        statename: 'UNKNOWN',
        state: 'alive.UNKNOWN',
        pid: 7,
        signalError: 'unknown problem killing web (7): EPERM',
      }),
    ],
    [
      "an internal error ended its supervision; supervisord's log has it, and a restart of supervisord makes it whole",
      explained({ statename: 'UNKNOWN', state: 'UNKNOWN' }),
    ],
  ],
};

describe.each(processStates)('%s', (state) => {
  test.each(cases[state] ?? [])('is explained: %s', (sentence, facts) => {
    expect(facts.statename).toBe(state);
    expect(explainState(facts)).toBe(sentence);
  });

  test('is explained somehow when nothing else is known', () => {
    for (const isEnding of [false, true]) {
      const sentence = explainState(explained({ statename: state, state, isEnding }));
      expect(sentence).not.toBe('');
      expect(sentence).not.toMatch(/undefined|NaN|null|;\s*$|^\s/);
    }
  });
});
