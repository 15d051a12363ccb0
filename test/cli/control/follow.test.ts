import { describe, expect, it } from 'vitest';
import { runLine } from '../../../src/cli/control/run-line.ts';
import { ConnectionProblem, type ControlClient, LogNotAvailable } from '../../../src/client/control-client.ts';
import { Fault } from '../../../src/model/errors.ts';
import { type FakeSession, fakeSession, processInfo } from './fake-session.ts';

type FollowLog = ControlClient['followLog'];
type FollowOptions = Parameters<FollowLog>[0];

const press = '==> Press Ctrl-C to exit <==\n';
const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('tail -f', () => {
  const run = async (line: string, follow: FollowLog) => {
    const followed: Pick<FollowOptions, 'process' | 'channel'>[] = [];
    const session: FakeSession = fakeSession({
      follow: (options) => {
        followed.push({ process: options.process, channel: options.channel });
        return follow(options);
      },
    });
    const finished = runLine(session.context, line);
    return { session, followed, finished };
  };

  it('shows the bytes of a log until Ctrl-C, then an empty line', async () => {
    let following: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      following = resolve;
    });
    const { session, followed, finished } = await run('tail -f g:web', async ({ onBytes, signal }) => {
      onBytes(new TextEncoder().encode('one\ntw'));
      onBytes(new TextEncoder().encode('o\n'));
      following();
      await untilAborted(signal);
      onBytes(new TextEncoder().encode('too late\n'));
    });
    await begun;
    expect(session.context.interrupts.raise()).toBe(true);
    await finished;
    expect(session.stdout()).toBe(`${press}one\ntwo\n\n`);
    expect(followed).toEqual([{ process: 'g:web', channel: 'stdout' }]);
    expect(session.context.exitStatus).toBe(0);
    expect(session.context.interrupts.raise()).toBe(false);
    expect(session.open()).toBe(0);
  });

  it.each([
    ['tail -f web stderr', { process: 'web', channel: 'stderr' }],
    ['tail -f web STDOUT', { process: 'web', channel: 'stdout' }],
    ['maintail -f', { process: null, channel: 'stdout' }],
  ])('as "%s" follows %j', async (line, expected) => {
    const { session, followed, finished } = await run(line, async () => undefined);
    await finished;
    expect(followed).toEqual([expected]);
    expect(session.stdout()).toBe(press);
  });

  it('ends quietly when the server ends', async () => {
    const { session, finished } = await run('tail -f web', async () => undefined);
    await finished;
    expect(session.stdout()).toBe(press);
    expect(session.stderr()).toBe('');
    expect(session.context.exitStatus).toBe(0);
  });

  it.each([
    ['tail -f nope', new LogNotAvailable('x'), 'unix:///run/s.sock/logtail/nope/stdout Cannot read, status code 404'],
    [
      'tail -f g:p stderr',
      new LogNotAvailable('x'),
      'unix:///run/s.sock/logtail/g:p/stderr Cannot read, status code 404',
    ],
    ['maintail -f', new LogNotAvailable('x'), 'unix:///run/s.sock/mainlogtail Cannot read, status code 404'],
    [
      'maintail -f',
      new ConnectionProblem('unauthorized', 'x'),
      'unix:///run/s.sock/mainlogtail Cannot read, status code 401',
    ],
    [
      'maintail -f',
      new ConnectionProblem('refused', 'x', 'ECONNREFUSED'),
      "unix:///run/s.sock/mainlogtail Cannot connect, error: <class 'ConnectionRefusedError'> ([Errno 111] Connection refused)",
    ],
  ])('"%s" tells on standard error why there is no log (%s)', async (line, problem, expected) => {
    const { session, finished } = await run(line, async () => {
      throw problem;
    });
    await finished;
    expect(session.stdout()).toBe(press);
    expect(session.stderr()).toBe(`${expected}\n`);
    expect(session.context.exitStatus).toBe(0);
  });

  it('says on standard error how much was left out', async () => {
    const { session, finished } = await run('tail -f web', async ({ onMissed }) => onMissed?.(3));
    await finished;
    expect(session.stderr()).toBe('hint: 3 pieces of output were left out: they came too fast\n');
  });
});

describe('the warning about the encoding', () => {
  const warning = (encoding: string) =>
    `Warning: sys.stdout.encoding is set to ${encoding}, so Unicode output may fail. ` +
    'Check your LANG and PYTHONIOENCODING environment settings.\n';

  it.each([
    [{}, ''],
    [{ LANG: 'C' }, ''],
    [{ LANG: 'en_US.UTF-8' }, ''],
    [{ LANG: 'en_US.utf8@x' }, ''],
    [{ LANG: 'de_DE.ISO-8859-1@euro' }, warning('ISO-8859-1')],
    [{ LANG: 'de_DE.ISO-8859-1', LC_ALL: 'C.UTF-8' }, ''],
    [{ LANG: 'C.UTF-8', LC_CTYPE: 'de_DE.ISO-8859-15' }, warning('ISO-8859-15')],
    [{ LANG: 'C.UTF-8', PYTHONIOENCODING: 'ascii:replace' }, warning('ascii')],
    [{ LANG: 'de_DE.ISO-8859-1', PYTHONIOENCODING: 'utf8' }, ''],
  ])('for %j is %j', async (environment, expected) => {
    const session = fakeSession({ environment, answers: { readProcessStdoutLog: 'log', readLog: 'log' } });
    await runLine(session.context, 'tail web');
    expect(session.stdout()).toBe(`${expected}log\n`);
    await runLine(session.context, 'tail -f web');
    expect(session.stdout()).toBe(`${expected}log\n${expected}${press}`);
  });
});

describe('fg', () => {
  const running = processInfo('cat', 'RUNNING');
  const foreground = async (typed: readonly string[], answers: Record<string, unknown>, follow?: FollowLog) => {
    const session = fakeSession({
      typed,
      answers: { getProcessInfo: running, ...answers },
      follow: follow ?? (async ({ signal }) => untilAborted(signal)),
    });
    await runLine(session.context, 'fg cat');
    return session;
  };

  it('sends each line with its newline, until input ends', async () => {
    const session = await foreground(['hello', '', 'wörld'], { sendProcessStdin: true });
    expect(session.stdout()).toBe(`${press}Exiting foreground\n`);
    expect(session.calls).toEqual([
      'getProcessInfo("cat")',
      'sendProcessStdin("cat", "hello\\n")',
      'getProcessInfo("cat")',
      'sendProcessStdin("cat", "\\n")',
      'getProcessInfo("cat")',
      'sendProcessStdin("cat", "wörld\\n")',
      'getProcessInfo("cat")',
    ]);
    expect(session.context.exitStatus).toBe(0);
  });

  it('ends at once when there is no input at all', async () => {
    const session = await foreground([], {});
    expect(session.stdout()).toBe(`${press}Exiting foreground\n`);
    expect(session.open()).toBe(0);
  });

  it('notices that the process is gone, before and after a line was taken', async () => {
    const before = await foreground(['x', 'y'], { sendProcessStdin: Fault.of('NOT_RUNNING', 'cat') });
    expect(before.stdout()).toBe(`${press}Process got killed\nExiting foreground\n`);
    const infos = [running, processInfo('cat', 'EXITED')];
    const after = await foreground(['x', 'y'], { sendProcessStdin: true, getProcessInfo: () => infos.shift() });
    expect(after.stdout()).toBe(`${press}Process got killed\nExiting foreground\n`);
    expect(after.context.exitStatus).toBe(0);
  });

  it('shows other refusals of a line', async () => {
    const session = await foreground(['x'], { sendProcessStdin: Fault.of('NO_FILE', 'cat') });
    expect(session.stdout()).toBe(`${press}ERROR: <Fault 20: 'NO_FILE: cat'>\nExiting foreground\n`);
  });

  it('shows both logs, and a missing one on standard error', async () => {
    const session = await foreground(['x'], { sendProcessStdin: true }, async ({ channel, onBytes, signal }) => {
      if (channel === 'stderr') throw new LogNotAvailable('none');
      onBytes(new TextEncoder().encode('out\n'));
      await untilAborted(signal);
    });
    expect(session.stdout()).toBe(`${press}out\nExiting foreground\n`);
    expect(session.stderr()).toBe('unix:///run/s.sock/logtail/cat/stderr Cannot read, status code 404\n');
  });

  it('ends at Ctrl-C and gives the terminal back', async () => {
    const session = fakeSession({
      typed: ['x'],
      answers: {
        getProcessInfo: running,
        sendProcessStdin: () => {
          session.context.interrupts.raise();
          return true;
        },
      },
      follow: async ({ signal }) => untilAborted(signal),
    });
    await runLine(session.context, 'fg cat');
    expect(session.stdout()).toBe(`${press}Exiting foreground\n`);
    expect(session.context.interrupts.raise()).toBe(false);
  });
});
