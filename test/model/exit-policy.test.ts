import { describe, expect, test } from 'vitest';
import {
  daemonExitCode,
  describeEnd,
  type ExitOn,
  endsDaemon,
  exitOnWords,
  exitWhenWords,
  isFailure,
  type Settlement,
} from '../../src/model/exit-policy.ts';
import { signalNumber } from '../../src/os/signals.ts';
import { exited, sampleProcess, signalled } from '../helpers/spec-samples.ts';

const settled = (settlement: Settlement, exitOn: ExitOn = 'never') => ({
  spec: sampleProcess({ exitOn, exitCodes: [0, 2] }),
  settlement,
});
const ended = (status: ReturnType<typeof exited>): Settlement => ({ kind: 'exited', status });

const ends = {
  'an expected exit': ended(exited(2)),
  'an unexpected exit': ended(exited(1)),
  'a death by signal': ended(signalled('SIGSEGV')),
  'an end that nobody saw': ended({ kind: 'unseen' }),
  FATAL: { kind: 'fatal', status: exited(0) },
  'FATAL without a start': { kind: 'fatal', status: null },
} as const satisfies Record<string, Settlement>;
const failures = Object.keys(ends).slice(1);
const fatal = Object.keys(ends).slice(4);

describe('exit_on', () => {
  const endedBy: Readonly<Record<ExitOn, readonly string[]>> = {
    never: [],
    exit: Object.keys(ends),
    failure: failures,
    fatal,
  };

  test.each(exitOnWords)('=%s ends the daemon for its ends alone', (exitOn) => {
    const all = Object.entries(ends).filter(([, end]) => endsDaemon(settled(end, exitOn), 'never'));
    expect(all.map(([name]) => name)).toEqual(endedBy[exitOn]);
  });
});

test.each(exitWhenWords)(
  'exit_when=%s ends the daemon for a program that is FATAL only if it says any_fatal',
  (word) => {
    const all = Object.entries(ends).filter(([, end]) => endsDaemon(settled(end), word));
    expect(all.map(([name]) => name)).toEqual(word === 'any_fatal' ? fatal : []);
  },
);

test('everything but an expected exit is a failure', () => {
  const failed = Object.entries(ends).filter(([, end]) => isFailure(settled(end)));
  expect(failed.map(([name]) => name)).toEqual(failures);
});

describe('the exit code of the daemon', () => {
  test.each<[string, Settlement, number]>([
    ['that of the program', ended(exited(7)), 7],
    ['that of the program, also when it was expected', ended(exited(2)), 2],
    ['128 and the number of the signal', ended(signalled('SIGKILL')), 137],
    ['128 and the number of a signal without a name', ended(signalled('signal 40')), 168],
    ['1 when nobody saw it', ended({ kind: 'unseen' }), 1],
    ['the last one of a program that is FATAL', { kind: 'fatal', status: exited(9) }, 9],
    ['1 for a program that is FATAL and said 0', { kind: 'fatal', status: exited(0) }, 1],
    ['127 for a program that could not be started', { kind: 'fatal', status: null }, 127],
  ])('is %s', (_, settlement, code) => {
    expect(daemonExitCode({ kind: 'program', ...settled(settlement) }, signalNumber)).toBe(code);
    expect(daemonExitCode({ kind: 'all-done', failed: settled(settlement) }, signalNumber)).toBe(code);
  });

  test('is 0 when all programs have ended well', () => {
    expect(daemonExitCode({ kind: 'all-done', failed: null }, signalNumber)).toBe(0);
  });
});

test('the log says which program was the reason, and how it ended', () => {
  expect(describeEnd({ kind: 'program', ...settled(ended(exited(7))) })).toBe(
    'web has ended (exit status 7), and nothing is to go on without it',
  );
  expect(describeEnd({ kind: 'program', ...settled(ends['FATAL without a start']) })).toBe(
    'web is FATAL (could not be started), and nothing is to go on without it',
  );
  expect(describeEnd({ kind: 'all-done', failed: null })).toBe('all programs are done, all ended well');
  expect(describeEnd({ kind: 'all-done', failed: settled(ends.FATAL) })).toBe(
    'all programs are done, web is FATAL (exit status 0)',
  );
});
