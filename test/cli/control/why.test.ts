import { describe, expect, test } from 'vitest';
import { runLine } from '../../../src/cli/control/run-line.ts';
import { Fault } from '../../../src/model/errors.ts';
import { fakeSession, processInfo } from './fake-session.ts';

const escapeCharacter = String.fromCharCode(27);

const explanation = (name: string, statename: string, evidence: readonly string[] = []) => ({
  group: name,
  name,
  statename,
  sentence: `${statename}: for a reason`,
  evidence,
  records: [],
  fine: false,
});

const infos = [processInfo('web', 'RUNNING'), processInfo('g:a', 'RUNNING'), processInfo('db', 'FATAL')];

describe('why', () => {
  test('explains what is not fine', async () => {
    const session = fakeSession({
      answers: {
        'trace.troubles': [explanation('db', 'FATAL', ['hint: do this', '  | oops']), explanation('x', 'BACKOFF')],
      },
    });
    await runLine(session.context, 'why');
    expect(session.stdout()).toBe(
      'db FATAL: for a reason\n    hint: do this\n      | oops\n\nx BACKOFF: for a reason\n',
    );
    expect(session.context.exitStatus).toBe(0);
  });

  test('says so when everything is fine', async () => {
    const session = fakeSession({ answers: { 'trace.troubles': [], getAllProcessInfo: infos.slice(0, 2) } });
    await runLine(session.context, 'why');
    expect(session.stdout()).toBe('All processes are as they should be: 2 RUNNING.\n');
  });

  test('explains processes and groups by name', async () => {
    const session = fakeSession({
      answers: { getAllProcessInfo: infos, 'trace.why': (name: string) => explanation(name, 'RUNNING') },
    });
    await runLine(session.context, 'why web g:* nope');
    expect(session.calls).toEqual(['getAllProcessInfo()', 'trace.why("web:web")', 'trace.why("g:a")']);
    expect(session.stdout()).toMatch(/^nope: ERROR \(no such process\)\n/);
    expect(session.context.exitStatus).toBe(1);
  });

  test('goes on when a process is removed meanwhile', async () => {
    const session = fakeSession({ answers: { getAllProcessInfo: infos, 'trace.why': Fault.of('BAD_NAME', 'web') } });
    await runLine(session.context, 'why web');
    expect(session.stdout()).toBe('web: ERROR (no such process)\n');
  });

  test.each(['why', 'why web'])('"%s" says in one line that Supervisor does not know it', async (line) => {
    const unknown = Fault.of('UNKNOWN_METHOD');
    const session = fakeSession({
      answers: { getAllProcessInfo: infos, 'trace.why': unknown, 'trace.troubles': unknown },
    });
    await runLine(session.context, line);
    expect(session.stdout()).toBe(
      "ERROR: this supervisord does not know why; it is Supervisor's, or an older version\n",
    );
    expect(session.context.exitStatus).toBe(3);
  });

  test('is in colour on a terminal', async () => {
    const session = fakeSession({ terminal: true, answers: { 'trace.troubles': [explanation('db', 'FATAL')] } });
    await runLine(session.context, 'why');
    expect(session.stdout()).toContain(`${escapeCharacter}[1;31mFATAL${escapeCharacter}[0m: for a reason`);
  });
});

describe('colours of status', () => {
  const shown = async (terminal: boolean, environment: Readonly<Record<string, string>>): Promise<string> => {
    const session = fakeSession({ terminal, environment, answers: { getAllProcessInfo: infos } });
    await runLine(session.context, 'status');
    return session.stdout();
  };

  test('change nothing but the state on a terminal', async () => {
    const coloured = await shown(true, { TERM: 'xterm' });
    expect(coloured).toContain(`${escapeCharacter}[32mRUNNING${escapeCharacter}[0m   `);
    expect(coloured.replaceAll(new RegExp(`${escapeCharacter}\\[[0-9;]*m`, 'g'), '')).toBe(await shown(false, {}));
  });

  test.each([
    ['standard output is no terminal', false, {}],
    ['NO_COLOR is set', true, { NO_COLOR: '1' }],
    ['the terminal is dumb', true, { TERM: 'dumb' }],
  ] as const)('are left out where %s', async (_, terminal, environment) => {
    expect(await shown(terminal, environment)).not.toContain(escapeCharacter);
  });
});

describe('status --json', () => {
  const status = async (line: string) => {
    const rows = [
      processInfo('web', 'RUNNING', { start: 100, now: 160, pid: 7, description: 'pid 7, uptime 0:01:00' }),
      processInfo('g:done', 'EXITED', { start: 100, stop: 130, now: 160, exitstatus: 3 }),
      processInfo('db', 'FATAL', { start: 100, stop: 130, now: 160, exitstatus: 0, spawnerr: 'oops' }),
    ];
    const session = fakeSession({ answers: { getAllProcessInfo: rows } });
    await runLine(session.context, line);
    return { session, rows: JSON.parse(session.stdout()) as readonly Record<string, unknown>[] };
  };

  test('gives the rows as an array with the fields that are documented', async () => {
    const { rows, session } = await status('status --json');
    expect(rows[0]).toEqual({
      group: 'web',
      name: 'web',
      state: 'RUNNING',
      pid: 7,
      uptime: 60,
      started: 100,
      stopped: 0,
      exitstatus: null,
      spawnerr: '',
      description: 'pid 7, uptime 0:01:00',
      stdout_logfile: '',
      stderr_logfile: '',
    });
    expect(rows.slice(1)).toMatchObject([
      { name: 'done', uptime: null, exitstatus: 3 },
      { name: 'db', exitstatus: null, spawnerr: 'oops' },
    ]);
    expect(session.context.exitStatus).toBe(3);
  });

  test('takes names before and behind it', async () => {
    for (const line of ['status --json web', 'status web --json']) {
      const { rows, session } = await status(line);
      expect(rows.map(({ name }) => name)).toEqual(['web']);
      expect(session.context.exitStatus).toBe(0);
    }
  });

  test('is valid where nothing is found; what is unknown is told on standard error', async () => {
    const { rows, session } = await status('status nope --json');
    expect(rows).toEqual([]);
    expect(session.stderr()).toBe('nope: ERROR (no such process)\n');
    expect(session.context.exitStatus).toBe(4);
  });
});
