import { describe, expect, test } from 'vitest';
import { describeExit, exitNumber, isExpectedExit } from '../../src/model/exit-status.ts';
import { exited, signalled } from '../helpers/spec-samples.ts';

const dumped = { kind: 'signalled', signal: 'SIGSEGV', coreDumped: true } as const;

describe('how a process ended', () => {
  test.each([
    [exited(0), 0, 'exit status 0'],
    [exited(255), 255, 'exit status 255'],
    [signalled('SIGKILL'), -1, 'terminated by SIGKILL'],
    [signalled('signal 42'), -1, 'terminated by signal 42'],
    [dumped, -1, 'terminated by SIGSEGV (core dumped)'],
  ])('%j is the number %i and reads "%s"', (status, number, text) => {
    expect(exitNumber(status)).toBe(number);
    expect(describeExit(status)).toBe(text);
  });

  test.each([
    [exited(0), [0], true],
    [exited(2), [0, 2], true],
    [exited(1), [0, 2], false],
    [exited(0), [], false],
    [signalled('SIGTERM'), [0, -1, 15, 143], false],
    [dumped, [0], false],
  ])('%j with exitcodes %j is expected: %s', (status, exitCodes, expected) => {
    expect(isExpectedExit(status, exitCodes)).toBe(expected);
  });
});
