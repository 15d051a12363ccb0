import { describe, expect, test } from 'vitest';
import {
  processCommunicationPayload,
  processCommunicationType,
  processGroupPayload,
  processLogPayload,
  processLogType,
  processStatePayload,
  processStateType,
  remoteCommunicationPayload,
  type StateTransition,
  supervisorStatePayload,
  tickPayload,
} from '../../src/model/event-payload.ts';
import { eventTypes } from '../../src/model/event-types.ts';
import { processStates } from '../../src/model/process-state.ts';

describe('the body of a change of state', () => {
  const change = (values: Partial<StateTransition>): StateTransition => ({
    process: 'cat_0',
    group: 'cats',
    from: 'STOPPED',
    to: 'STARTING',
    pid: 0,
    failures: 0,
    expected: false,
    ...values,
  });
  const names = 'processname:cat_0 groupname:cats';

  test.each([
    [{ to: 'STARTING', failures: 2, from: 'BACKOFF' }, 'from_state:BACKOFF tries:2'],
    [{ to: 'BACKOFF', failures: 1, from: 'STARTING' }, 'from_state:STARTING tries:1'],
    [{ to: 'RUNNING', pid: 77, from: 'STARTING' }, 'from_state:STARTING pid:77'],
    [{ to: 'STOPPING', pid: 77, from: 'RUNNING' }, 'from_state:RUNNING pid:77'],
    [{ to: 'STOPPED', pid: 0, from: 'BACKOFF' }, 'from_state:BACKOFF pid:0'],
    [{ to: 'EXITED', pid: 77, from: 'RUNNING', expected: true }, 'from_state:RUNNING expected:1 pid:77'],
    [{ to: 'EXITED', pid: 77, from: 'RUNNING', expected: false }, 'from_state:RUNNING expected:0 pid:77'],
    [{ to: 'FATAL', pid: 0, from: 'BACKOFF' }, 'from_state:BACKOFF'],
    [{ to: 'UNKNOWN', pid: 77, from: 'STOPPING' }, 'from_state:STOPPING'],
  ] as const)('%o is "%s" behind the names', (values, fields) => {
    expect(processStatePayload(change(values))).toBe(`${names} ${fields}`);
  });

  test('every state has its type', () => {
    expect(processStates.every((state) => eventTypes.includes(processStateType(state)))).toBe(true);
  });
});

describe('the body of', () => {
  const from = { process: 'cat_0', group: 'cats', pid: 77, data: 'meow\n' };

  test('output names the channel', () => {
    expect(processLogPayload(from, 'stdout')).toBe('processname:cat_0 groupname:cats pid:77 channel:stdout\nmeow\n');
    expect(processLogPayload(from, 'stderr')).toBe('processname:cat_0 groupname:cats pid:77 channel:stderr\nmeow\n');
    expect([processLogType('stdout'), processLogType('stderr')]).toEqual(['PROCESS_LOG_STDOUT', 'PROCESS_LOG_STDERR']);
  });

  test('a communication leaves the channel to the name of the event', () => {
    expect(processCommunicationPayload(from)).toBe('processname:cat_0 groupname:cats pid:77\nmeow\n');
    expect([processCommunicationType('stdout'), processCommunicationType('stderr')]).toEqual([
      'PROCESS_COMMUNICATION_STDOUT',
      'PROCESS_COMMUNICATION_STDERR',
    ]);
  });

  test('everything else is as short as Supervisor has it', () => {
    expect(remoteCommunicationPayload('deployed', 'v7')).toBe('type:deployed\nv7');
    expect(supervisorStatePayload()).toBe('');
    expect(tickPayload(1_795_358_820)).toBe('when:1795358820');
    expect(processGroupPayload('cats')).toBe('groupname:cats\n');
  });
});
