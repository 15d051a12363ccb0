import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDispatch } from '../../src/commands/dispatch.ts';
import { createMethods } from '../../src/commands/index.ts';
import type { Method } from '../../src/commands/method.ts';
import { Fault } from '../../src/model/errors.ts';
import { createBench, FakeControl, groupOf, lone, outcomeOf, plainSession } from './fake-control.ts';

const methods = createMethods();

describe('names', () => {
  test.each([
    'nope',
    'supervisor',
    'supervisor.nope',
    'supervisor._update',
    'supervisor.getState.x',
    '',
    'a.b',
    'x.__proto__',
  ])('%j is an unknown method', async (name) => {
    expect(await outcomeOf(createBench().call(name))).toBe('UNKNOWN_METHOD');
  });

  test('a subscription is an unknown method where the transport cannot notify', async () => {
    const dispatch = createDispatch(methods, new FakeControl([]));
    expect(await outcomeOf(dispatch('subscribe.processes', [], plainSession()))).toBe('UNKNOWN_METHOD');
  });
});

describe('arguments', () => {
  test.each([...methods.values()])('$name refuses one argument too many', async (method) => {
    const given = [...method.params.map(sampleOf), 'surplus'];
    expect(await outcomeOf(createBench().call(method.name, ...given))).toBe('INCORRECT_PARAMETERS');
  });

  test.each([...methods.values()].filter((method) => method.params.some((parameter) => !('default' in parameter))))(
    '$name refuses a missing argument',
    async (method) => {
      expect(await outcomeOf(createBench().call(method.name))).toBe('INCORRECT_PARAMETERS');
    },
  );

  test.each<[string, string, readonly unknown[]]>([
    ['supervisor.startProcess', 'ALREADY_STARTED: cat', ['cat', 1]],
    ['supervisor.startProcess', 'ALREADY_STARTED: cat', ['cat', 0n]],
    ['supervisor.startProcess', 'INCORRECT_PARAMETERS: yes', ['cat', 'yes']],
    ['supervisor.startProcess', 'INCORRECT_PARAMETERS: 5', [5]],
    ['supervisor.startProcess', 'INCORRECT_PARAMETERS: None', [null]],
    ['supervisor.sendProcessStdin', 'INCORRECT_PARAMETERS: 5', ['cat', 5]],
    ['supervisor.sendProcessStdin', 'INCORRECT_PARAMETERS: True', ['cat', true]],
    ['supervisor.sendProcessStdin', "INCORRECT_PARAMETERS: [1, 'a']", ['nope', [1, 'a']]],
    ['supervisor.sendProcessStdin', 'INCORRECT_PARAMETERS: {...}', ['nope', { a: 1 }]],
    ['supervisor.tailProcessLog', '["",0,false]', ['cat', '0', ' +1_0 ']],
    ['supervisor.tailProcessLog', '["",0,false]', ['cat', 0.9, true]],
    ['supervisor.tailProcessLog', 'INCORRECT_PARAMETERS: a', ['cat', 'a', 0]],
    ['supervisor.tailProcessLog', 'INCORRECT_PARAMETERS: 1.5', ['cat', '1.5', 0]],
    ['supervisor.tailProcessLog', 'INCORRECT_PARAMETERS: NaN', ['cat', Number.NaN, 0]],
    ['supervisor.tailProcessLog', 'INCORRECT_PARAMETERS: 1152921504606846976', ['cat', 2n ** 60n, 0]],
    ['system.multicall', 'INCORRECT_PARAMETERS: abc', ['abc']],
    ['supervisor.startProcess', `INCORRECT_PARAMETERS: ['${'x'.repeat(98)}…`, [['x'.repeat(500)]]],
  ])('%s answers %s', async (method, outcome, params) => {
    expect(await outcomeOf(createBench(lone('cat', 'RUNNING')).call(method, ...params))).toBe(outcome);
  });

  test('only faults ever come out, whatever is passed', async () => {
    const names = [...methods.keys()];
    const argument = fc.oneof(
      fc.constantFrom('web', 'g:a', 'g:*', ':', 'a:b:c', '__proto__', 'constructor', 'HUP', 'stdout'),
      fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true, withMap: true }),
      fc.integer(),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.array(argument, { maxLength: 4 }), async (name, params) => {
        const { call, session } = createBench(lone('web'), groupOf('g', { a: 'FATAL', b: 'UNKNOWN', c: 'RUNNING' }));
        const answer = call(name, ...params);
        // What waits for a change of state is answered by the end of its connection.
        session.close();
        await answer.catch((error: unknown) => expect(error).toBeInstanceOf(Fault));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('while the daemon is ending', () => {
  const working = [...methods.values()].filter((method) => method.worksInShutdown).map((method) => method.name);

  test('system, subscriptions and remote events go on working', () => {
    expect(working.toSorted()).toEqual([
      'daemon.describe',
      'events.pools',
      'subscribe.end',
      'subscribe.log',
      'subscribe.mainLog',
      'subscribe.overview',
      'subscribe.processes',
      'subscribe.trace',
      'supervisor.sendRemoteCommEvent',
      'system.listMethods',
      'system.methodHelp',
      'system.methodSignature',
      'system.multicall',
      'trace.output',
      'trace.read',
      'trace.tree',
      'trace.troubles',
      'trace.why',
    ]);
  });

  test.each([...methods.values()].filter((method) => !method.worksInShutdown))(
    '$name answers SHUTDOWN_STATE',
    async (method) => {
      const { call, control } = createBench(lone('cat', 'RUNNING'));
      for (const mood of ['SHUTDOWN', 'RESTARTING'] as const) {
        control.mood = mood;
        expect(await outcomeOf(call(method.name, ...method.params.map(sampleOf)))).toBe('SHUTDOWN_STATE');
      }
      expect(control.asked).toEqual([]);
    },
  );

  test('a wrong number of arguments is told first, a wrong type is not', async () => {
    const { call, control } = createBench();
    control.mood = 'SHUTDOWN';
    expect(await outcomeOf(call('supervisor.stopProcess'))).toBe('INCORRECT_PARAMETERS');
    expect(await outcomeOf(call('supervisor.stopProcess', 5))).toBe('SHUTDOWN_STATE');
  });
});

const samples = { string: 'cat', int: 0, boolean: true, array: [], struct: {} } as const;
const sampleOf = (parameter: Method['params'][number]): unknown => samples[parameter.type];
