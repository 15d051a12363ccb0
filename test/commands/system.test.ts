import { describe, expect, test } from 'vitest';
import { createDispatch, createMethods } from '../../src/commands/index.ts';
import { createBench, FakeControl, lone, outcomeOf, plainSession } from './fake-control.ts';

/** What an original Supervisor 4.2.5 lists and answers to methodSignature. */
const signatures: Readonly<Record<string, string>> = {
  'supervisor.addProcessGroup': 'boolean string',
  'supervisor.clearAllProcessLogs': 'array',
  'supervisor.clearLog': 'boolean',
  'supervisor.clearProcessLog': 'boolean string',
  'supervisor.clearProcessLogs': 'boolean string',
  'supervisor.getAPIVersion': 'string',
  'supervisor.getAllConfigInfo': 'array',
  'supervisor.getAllProcessInfo': 'array',
  'supervisor.getIdentification': 'string',
  'supervisor.getPID': 'int',
  'supervisor.getProcessInfo': 'struct string',
  'supervisor.getState': 'struct',
  'supervisor.getSupervisorVersion': 'string',
  'supervisor.getVersion': 'string',
  'supervisor.readLog': 'string int int',
  'supervisor.readMainLog': 'string int int',
  'supervisor.readProcessLog': 'string string int int',
  'supervisor.readProcessStderrLog': 'string string int int',
  'supervisor.readProcessStdoutLog': 'string string int int',
  'supervisor.reloadConfig': 'array',
  'supervisor.removeProcessGroup': 'boolean string',
  'supervisor.restart': 'boolean',
  'supervisor.sendProcessStdin': 'boolean string string',
  'supervisor.sendRemoteCommEvent': 'boolean string string',
  'supervisor.shutdown': 'boolean',
  'supervisor.signalAllProcesses': 'array string',
  'supervisor.signalProcess': 'boolean string string',
  'supervisor.signalProcessGroup': 'array string string',
  'supervisor.startAllProcesses': 'array boolean',
  'supervisor.startProcess': 'boolean string boolean',
  'supervisor.startProcessGroup': 'array string boolean',
  'supervisor.stopAllProcesses': 'array boolean',
  'supervisor.stopProcess': 'boolean string boolean',
  'supervisor.stopProcessGroup': 'array string boolean',
  'supervisor.tailProcessLog': 'array string int int',
  'supervisor.tailProcessStderrLog': 'array string int int',
  'supervisor.tailProcessStdoutLog': 'array string int int',
  'system.listMethods': 'array',
  'system.methodHelp': 'string string',
  'system.methodSignature': 'array string',
  'system.multicall': 'array array',
};

describe('introspection', () => {
  test("a transport without notifications is offered exactly Supervisor's 41 methods, sorted", async () => {
    const dispatch = createDispatch(createMethods(), new FakeControl([]));
    expect(await dispatch('system.listMethods', [], plainSession())).toEqual(Object.keys(signatures));
  });

  test('one with notifications is offered the subscriptions too', async () => {
    const listed = (await createBench().call('system.listMethods')) as readonly string[];
    expect(listed.filter((name) => !(name in signatures))).toEqual([
      'daemon.describe',
      'daemon.upgrade',
      'events.pools',
      'subscribe.end',
      'subscribe.log',
      'subscribe.mainLog',
      'subscribe.overview',
      'subscribe.processes',
      'subscribe.trace',
      'trace.output',
      'trace.read',
      'trace.tree',
      'trace.troubles',
      'trace.why',
    ]);
  });

  test.each(Object.entries(signatures))('the signature of %s is %s', async (name, signature) => {
    expect(await createBench().call('system.methodSignature', name)).toEqual(signature.split(' '));
  });

  test('help explains the method, each parameter and the result', async () => {
    const help = await createBench().call('system.methodHelp', 'supervisor.startProcess');
    expect(help).toMatch(/^Starts a process\./);
    expect(help).toContain('\n@param boolean wait ');
    expect(help).toContain('\n@return boolean ');
  });

  test.each(['system.methodHelp', 'system.methodSignature'])('%s refuses an unknown name', async (method) => {
    expect(await outcomeOf(createBench().call(method, 'supervisor.nope'))).toBe('SIGNATURE_UNSUPPORTED');
  });
});

describe('multicall', () => {
  test('answers each call in turn, faults as structs, results bare', async () => {
    const { call } = createBench(lone('cat', 'RUNNING'));
    const answers = await call('system.multicall', [
      { methodName: 'supervisor.getState' },
      { methodName: 'x', params: [] },
      {},
      { methodName: 'system.multicall', params: [[]] },
      { methodName: 'supervisor.getState', params: [1] },
      { methodName: 'supervisor.getState', params: 'ab' },
      { methodName: 'supervisor.getProcessInfo', params: ['nope'] },
      { methodName: 7 },
      { methodName: 'supervisor.getPID', params: null },
    ]);
    expect(answers).toEqual([
      { statecode: 1, statename: 'RUNNING' },
      { faultCode: 1, faultString: 'UNKNOWN_METHOD' },
      { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: No methodName' },
      { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: Recursive system.multicall forbidden' },
      { faultCode: 2, faultString: 'INCORRECT_PARAMETERS' },
      { faultCode: 2, faultString: 'INCORRECT_PARAMETERS' },
      { faultCode: 10, faultString: 'BAD_NAME: nope' },
      { faultCode: 1, faultString: 'UNKNOWN_METHOD' },
      4242,
    ]);
  });

  test('makes a call only when the one before has been answered', async () => {
    const { call, process } = createBench(lone('cat', 'RUNNING'), lone('idle'));
    const answer = call('system.multicall', [
      { methodName: 'supervisor.stopProcess', params: ['cat'] },
      { methodName: 'supervisor.startProcess', params: ['idle', false] },
    ]);
    await Promise.resolve();
    expect(process('idle').starts).toBe(0);
    process('cat').enter('STOPPED');
    expect(await answer).toEqual([true, true]);
    expect(process('idle').starts).toBe(1);
  });

  test('makes no further call when the connection has ended', async () => {
    const { call, process, session } = createBench(lone('cat', 'RUNNING'), lone('idle'));
    const answer = call('system.multicall', [
      { methodName: 'supervisor.stopProcess', params: ['cat'] },
      { methodName: 'supervisor.startProcess', params: ['idle', false] },
    ]);
    session.close();
    await answer;
    expect(process('idle').starts).toBe(0);
  });

  test('refuses a malformed list before anything is done', async () => {
    const { call, control } = createBench();
    const answer = call('system.multicall', [{ methodName: 'supervisor.shutdown' }, 'supervisor.restart']);
    expect(await outcomeOf(answer)).toBe('INCORRECT_PARAMETERS');
    expect(control.asked).toEqual([]);
  });

  test('turns a defect into a fault of its call, and logs it', async () => {
    const { call, control } = createBench();
    control.rereadResult = () => {
      throw new RangeError('broken');
    };
    const answers = await call('system.multicall', [
      { methodName: 'supervisor.reloadConfig' },
      { methodName: 'supervisor.getPID' },
    ]);
    expect(answers).toEqual([{ faultCode: 30, faultString: 'FAILED: RangeError:broken' }, 4242]);
    expect(control.lines).toEqual([
      expect.stringMatching(/^error a call within system.multicall failed: RangeError: broken/),
    ]);
  });

  test('works while the daemon is ending, call by call', async () => {
    const { call, control } = createBench();
    control.mood = 'SHUTDOWN';
    const answers = await call('system.multicall', [
      { methodName: 'supervisor.getState' },
      { methodName: 'supervisor.sendRemoteCommEvent', params: ['a', 'b'] },
    ]);
    expect(answers).toEqual([{ faultCode: 6, faultString: 'SHUTDOWN_STATE' }, true]);
  });
});
