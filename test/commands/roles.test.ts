/** Roles: what may be called with which one, and the line in the log about everything that is more than looking. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createDispatch, createMethods } from '../../src/commands/index.ts';
import { Fault } from '../../src/model/errors.ts';
import { type Role, roles, suffices } from '../../src/model/role.ts';
import { createBench, FakeControl, FakeSession, groupOf, lone, outcomeOf, plainSession } from './fake-control.ts';

const methods = createMethods();

/** What a session with a role is told by every method, called without arguments, or with one text for each. */
async function outcomes(role: Role): Promise<ReadonlyMap<string, string>> {
  const told = new Map<string, string>();
  for (const [name, method] of methods) {
    const bench = createBench(lone('web'));
    bench.session.role = role;
    const dispatch = createDispatch(methods, bench.control);
    const params = method.params.map(({ type }) => (type === 'string' ? 'web' : type === 'array' ? [] : 0));
    told.set(name, await outcomeOf(dispatch(name, params, bench.session)));
  }
  return told;
}

describe('a role', () => {
  it('includes those before it', () => {
    expect(roles).toEqual(['view', 'operate', 'admin']);
    for (const own of roles) {
      for (const needed of roles) expect(suffices(own, needed)).toBe(roles.indexOf(own) >= roles.indexOf(needed));
    }
  });

  it.each(roles)('%s may call exactly the methods that need no more', async (role) => {
    for (const [name, outcome] of await outcomes(role)) {
      const needed = methods.get(name)?.role ?? 'admin';
      if (suffices(role, needed)) expect(outcome).not.toMatch(/^FORBIDDEN/);
      else expect(outcome).toBe(`FORBIDDEN: ${name} needs the role ${needed}, yours is ${role}`);
    }
  });

  it('that looks reaches nothing that changes a thing', async () => {
    const reading = [...methods.values()].filter(({ role }) => role === 'view').map(({ name }) => name);
    expect(
      reading.filter(
        (name) => !/\.(get|read|tail|list|method|multicall|pools|describe)|^(?:subscribe|trace)\./.test(name),
      ),
    ).toEqual([]);
  });

  it('is judged before arguments, state and existence: who may not call learns nothing', async () => {
    const control = new FakeControl([]);
    const dispatch = createDispatch(methods, control);
    control.mood = 'SHUTDOWN';
    for (const params of [[], ['nope'], [1, 2, 3, 4]]) {
      expect(await outcomeOf(dispatch('supervisor.stopProcess', params, plainSession('view')))).toMatch(/^FORBIDDEN/);
    }
  });

  it('holds for every call of a multicall', async () => {
    const bench = createBench(lone('web', 'RUNNING'));
    bench.session.role = 'view';
    const calls = ['supervisor.stopProcess', 'supervisor.getPID', 'supervisor.shutdown'].map((methodName) => ({
      methodName,
      params: methodName.endsWith('Process') ? ['web'] : [],
    }));
    expect(await bench.call('system.multicall', calls)).toMatchObject([
      { faultCode: 403 },
      4242,
      { faultCode: 403, faultString: 'FORBIDDEN: supervisor.shutdown needs the role admin, yours is view' },
    ]);
    expect(bench.process('web').stops).toBe(0);
    expect(bench.control.asked).toEqual([]);
  });

  it('does not change what is listed', async () => {
    const bench = createBench();
    const all = await bench.call('system.listMethods');
    bench.session.role = 'view';
    expect(await bench.call('system.listMethods')).toEqual(all);
  });

  it('below admin is not told what looks like a password in the configuration', async () => {
    const group = lone('web');
    const command = 'app --password=hunter2 --db postgres://me:hunter3@db/x -v';
    const [member] = group.spec.processes;
    const spec = { ...member!, command, serverUrl: 'http://me:hunter4@127.0.0.1:9001' };
    const control = new FakeControl([group]);
    control.configured = [{ ...group.spec, processes: [spec] }];
    const dispatch = createDispatch(methods, control);
    const rowFor = (role: Role) => dispatch('supervisor.getAllConfigInfo', [], plainSession(role));
    expect(await rowFor('admin')).toMatchObject([{ command, serverurl: 'http://me:hunter4@127.0.0.1:9001' }]);
    for (const role of ['view', 'operate'] as const) {
      expect(await rowFor(role)).toMatchObject([
        {
          command: 'app --password=**** --db postgres://me:****@db/x -v',
          serverurl: 'http://me:****@127.0.0.1:9001',
        },
      ]);
    }
  });
});

describe('the table of methods', () => {
  it('is the only way in: no other name reaches anything', async () => {
    const bench = createBench(lone('web'));
    const odd = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', 'toString', 'supervisor.__proto__', 'supervisor.constructor', 'get'),
      fc.constantFrom(...methods.keys()).map((name) => `${name} `),
      fc.constantFrom(...methods.keys()).map((name) => name.toUpperCase()),
      fc
        .tuple(fc.constantFrom('supervisor', 'system', 'subscribe', 'events', ''), fc.string())
        .map((parts) => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(odd, fc.array(fc.anything(), { maxLength: 3 }), async (name, params) => {
        fc.pre(!methods.has(name));
        expect(await outcomeOf(bench.call(name, ...params))).toBe('UNKNOWN_METHOD');
      }),
    );
    expect(bench.control.asked).toEqual([]);
    expect(bench.control.actions).toEqual([]);
  });
});

describe('the line about a control action', () => {
  const linesOf = async (
    method: string,
    params: readonly unknown[],
    role: Role = 'admin',
  ): Promise<readonly string[]> => {
    const control = new FakeControl([lone('idle'), groupOf('g', { a: 'RUNNING', b: 'STOPPED' })]);
    for (const member of control.active.flatMap(({ members }) => members)) {
      member.startScript = ['STARTING', 'RUNNING'];
      member.stopScript = ['STOPPING', 'STOPPED'];
    }
    await createDispatch(methods, control)(method, params, plainSession(role)).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
    });
    return control.actions;
  };
  const by = 'by plain from 10.0.0.7:50123';

  test.each<[string, readonly unknown[], string]>([
    ['supervisor.startProcess', ['idle'], `control: startProcess idle ${by} -> true`],
    ['supervisor.startProcess', ['g:a', false], `control: startProcess g:a False ${by} -> ALREADY_STARTED`],
    ['supervisor.startProcess', ['nope'], `control: startProcess nope ${by} -> BAD_NAME`],
    ['supervisor.startProcess', [], `control: startProcess ${by} -> INCORRECT_PARAMETERS`],
    ['supervisor.stopProcessGroup', ['g'], `control: stopProcessGroup g ${by} -> 1 done`],
    ['supervisor.startProcess', ['g:*'], `control: startProcess g:* ${by} -> 1 done`],
    ['supervisor.signalProcess', ['g:a', 'HUP'], `control: signalProcess g:a HUP ${by} -> true`],
    ['supervisor.signalAllProcesses', ['NOPE'], `control: signalAllProcesses NOPE ${by} -> 0 done, 1 failed`],
    ['supervisor.shutdown', [], `control: shutdown ${by} -> true`],
    ['supervisor.reloadConfig', [], `control: reloadConfig ${by} -> done`],
    ['supervisor.sendProcessStdin', ['g:a', 'söcret'], `control: sendProcessStdin g:a <7 bytes> ${by} -> true`],
    [
      'supervisor.sendProcessStdin',
      ['g:a', ['secret']],
      `control: sendProcessStdin g:a <hidden> ${by} -> INCORRECT_PARAMETERS`,
    ],
    [
      'supervisor.sendRemoteCommEvent',
      ['deploy', 'token=1'],
      `control: sendRemoteCommEvent deploy <7 bytes> ${by} -> true`,
    ],
  ])('of %s%j is %s', async (method, params, line) => {
    expect(await linesOf(method, params)).toEqual([line]);
  });

  it('is written for what is refused as well', async () => {
    expect(await linesOf('supervisor.shutdown', [], 'operate')).toEqual([`control: shutdown ${by} -> FORBIDDEN`]);
  });

  it('is not written for who only looks', async () => {
    expect(await linesOf('supervisor.getAllProcessInfo', [])).toEqual([]);
    expect(await linesOf('supervisor.readLog', [0, 0], 'view')).toEqual([]);
  });

  it('is one line of bounded length from which all parts can be told, whatever was sent', async () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(
        'web by uid=0 pid=1 over unix -> true',
        '\n2026-01-01 00:00:00,000 CRIT forged',
        '\u2028\u202e',
        "'",
      ),
      fc.anything({ maxDepth: 2 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('supervisor.startProcess', 'supervisor.signalProcess'),
        fc.array(anything, { maxLength: 20 }),
        async (method, params) => {
          const lines = await linesOf(method, params);
          expect(lines).toHaveLength(1);
          const [line = ''] = lines;
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
          expect(line.length).toBeLessThan(10_000);
          // Read as a reader would: word by word, each bare or quoted, up to the word that begins the rest.
          let rest = line.slice('control: '.length);
          while (!rest.startsWith('by plain ')) {
            const [word = ''] = /^(?:[\w.:*@+/…-]+|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") /u.exec(rest) ?? [];
            expect(word).not.toBe('');
            rest = rest.slice(word.length);
          }
          expect(rest).toMatch(/^by plain from 10\.0\.0\.7:50123 -> (true|[A-Z_]+)$/);
        },
      ),
    );
  });
});

it('a session of a connection that can notify is audited by its own name', async () => {
  const bench = createBench(lone('web'));
  expect(bench.session).toBeInstanceOf(FakeSession);
  await bench.call('supervisor.clearProcessLogs', 'web');
  expect(bench.control.actions).toEqual(['control: clearProcessLogs web by test over unix -> true']);
});
