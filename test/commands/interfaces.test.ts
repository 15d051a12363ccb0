import { describe, expect, it } from 'vitest';
import { createDispatch, createMethods } from '../../src/commands/index.ts';
import { FakeControl, FakeSession, outcomeOf } from './fake-control.ts';

const caller = (names?: readonly string[]) => {
  const dispatch = createDispatch(createMethods(names), new FakeControl([]));
  const session = new FakeSession();
  return (method: string, ...params: readonly unknown[]) => outcomeOf(dispatch(method, params, session));
};

describe('the namespaces', () => {
  it('are system alone without an interface', async () => {
    const call = caller([]);
    expect(JSON.parse(await call('system.listMethods'))).toEqual([
      'system.listMethods',
      'system.methodHelp',
      'system.methodSignature',
      'system.multicall',
    ]);
    expect(await call('supervisor.getPID')).toBe('UNKNOWN_METHOD');
    expect(await call('subscribe.processes')).toBe('UNKNOWN_METHOD');
  });

  it('are named as the sections of the configuration', async () => {
    const call = caller(['one', 'supervisor']);
    expect(await call('one.getPID')).toBe('4242');
    expect(await call('supervisor.getPID')).toBe('4242');
    expect(await call('system.methodSignature', 'one.startProcess')).toBe('["boolean","string","boolean"]');
    expect(await caller(['one'])('supervisor.getPID')).toBe('UNKNOWN_METHOD');
  });

  it('do not include another system', async () => {
    const call = caller(['system']);
    expect(await call('system.getPID')).toBe('UNKNOWN_METHOD');
  });
});
