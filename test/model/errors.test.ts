import { describe, expect, test } from 'vitest';
import { Fault, faultCodes } from '../../src/model/errors.ts';

describe('faults', () => {
  test('have the codes of Supervisor and one of ours, each only once', () => {
    expect(faultCodes).toEqual({
      UNKNOWN_METHOD: 1,
      INCORRECT_PARAMETERS: 2,
      BAD_ARGUMENTS: 3,
      SIGNATURE_UNSUPPORTED: 4,
      SHUTDOWN_STATE: 6,
      BAD_NAME: 10,
      BAD_SIGNAL: 11,
      NO_FILE: 20,
      NOT_EXECUTABLE: 21,
      FAILED: 30,
      ABNORMAL_TERMINATION: 40,
      SPAWN_ERROR: 50,
      ALREADY_STARTED: 60,
      NOT_RUNNING: 70,
      SUCCESS: 80,
      ALREADY_ADDED: 90,
      STILL_RUNNING: 91,
      CANT_REREAD: 92,
      FORBIDDEN: 403,
    });
    expect(new Set(Object.values(faultCodes)).size).toBe(Object.keys(faultCodes).length);
  });

  test.each([
    [undefined, 'BAD_NAME'],
    ['web', 'BAD_NAME: web'],
    ['', 'BAD_NAME: '],
    [0, 'BAD_NAME: 0'],
  ])('with the extra %j read "%s"', (extra, text) => {
    const fault = Fault.of('BAD_NAME', extra);
    expect([fault.code, fault.text, fault.message]).toEqual([10, text, text]);
  });

  test('are errors that can be told from others', () => {
    const fault = new Fault(30, 'web is in an unknown process state');
    expect(fault).toBeInstanceOf(Error);
    expect(fault.name).toBe('Fault');
  });
});
