import { describe, expect, it } from 'vitest';
import { runLine } from '../../../src/cli/control/run-line.ts';
import { runShell } from '../../../src/cli/control/shell.ts';
import { ConnectionProblem } from '../../../src/client/control-client.ts';
import { Fault } from '../../../src/model/errors.ts';
import { fakeSession, processInfo } from './fake-session.ts';

const endOfInput = "error: <class 'EOFError'>, EOF when reading a line: file: supervisorctl line: 1\n";

describe('a question', () => {
  const ask = async (line: string, typed: readonly string[], interactive = true) => {
    const session = fakeSession({ interactive, typed, answers: { shutdown: true, restart: true } });
    await runLine(session.context, line);
    return { printed: session.stdout(), calls: session.calls, status: session.context.exitStatus };
  };
  const shutdownQuestion = 'Really shut the remote supervisord process down y/N? ';
  const reloadQuestion = 'Really restart the remote supervisord process y/N? ';

  it.each(['y', 'Y', 'yes', 'Yup'])('is answered with yes by %j', async (answer) => {
    expect(await ask('shutdown', [answer])).toEqual({
      printed: `${shutdownQuestion}Shut down\n`,
      calls: ['shutdown()'],
      status: 0,
    });
    expect(await ask('reload', [answer])).toEqual({
      printed: `${reloadQuestion}Restarted supervisord\n`,
      calls: ['restart()'],
      status: 0,
    });
  });

  it.each(['', 'n', 'no', ' y', 'oui'])('is answered with no by %j', async (answer) => {
    expect(await ask('shutdown', [answer])).toEqual({ printed: shutdownQuestion, calls: [], status: 0 });
    expect(await ask('reload', [answer])).toEqual({ printed: reloadQuestion, calls: [], status: 0 });
  });

  it('that nobody answers is an error', async () => {
    expect(await ask('shutdown', [])).toEqual({ printed: shutdownQuestion + endOfInput, calls: [], status: 1 });
  });

  it('is not asked without a shell or -i', async () => {
    expect(await ask('shutdown', [], false)).toEqual({ printed: 'Shut down\n', calls: ['shutdown()'], status: 0 });
  });
});

describe('a login', () => {
  const session = (typed: readonly string[]) =>
    fakeSession({
      interactive: true,
      typed,
      answers: { getPID: 99 },
      unreachable: ({ username, password }) =>
        username === 'user' && password === 'secret' ? null : new ConnectionProblem('unauthorized', 'no'),
    });

  it('is asked for until it is right, then the action runs', async () => {
    const { context, stdout, addresses } = session(['user', 'wrong', 'user', 'secret']);
    await runLine(context, 'pid');
    const question = 'Server requires authentication\nUsername:Password:\n';
    expect(stdout()).toBe(`${question}${question}99\n`);
    expect(context.exitStatus).toBe(0);
    expect(addresses.map(({ username, password }) => [username, password])).toEqual([
      [null, null],
      ['user', 'wrong'],
      ['user', 'secret'],
    ]);
  });

  it('that nobody gives is an error', async () => {
    const { context, stdout } = session(['user']);
    await runLine(context, 'pid');
    expect(stdout()).toBe(`Server requires authentication\nUsername:Password:${endOfInput}`);
    expect(context.exitStatus).toBe(1);
  });
});

describe('the shell', () => {
  const cat = 'cat                              STOPPED   Not started\n';
  const answers = { getAllProcessInfo: [processInfo('cat', 'STOPPED')], getPID: 99 };

  it('shows the status, then runs line after line until quit', async () => {
    const session = fakeSession({ interactive: true, answers, typed: ['pid', '', 'bogus', 'quit', 'pid'] });
    await runShell(session.context, 'web1');
    expect(session.stdout()).toBe(`${cat}web1> 99\nweb1> web1> *** Unknown syntax: bogus\nweb1> \n`);
  });

  it.each(['exit', 'quit', 'EOF', 'quit now'])('ends at %j', async (typed) => {
    const session = fakeSession({ interactive: true, answers, typed: [typed, 'pid'] });
    await runShell(session.context, 'supervisor');
    expect(session.stdout()).toBe(`${cat}supervisor> \n`);
  });

  it('ends at the end of input, with an empty line', async () => {
    const session = fakeSession({ interactive: true, answers });
    await runShell(session.context, 'supervisor');
    expect(session.stdout()).toBe(`${cat}supervisor> \n`);
  });

  it('survives every error', async () => {
    const session = fakeSession({
      interactive: true,
      answers: { ...answers, getPID: Fault.of('SHUTDOWN_STATE') },
      typed: ['pid', 'version', 'help nope'],
    });
    await runShell(session.context, 's');
    expect(session.stdout()).toBe(
      `${cat}s> error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'SHUTDOWN_STATE'>: file: supervisorctl line: 1\n` +
        "s> error: <class 'RuntimeError'>, no answer for getSupervisorVersion was scripted: file: supervisorctl line: 1\n" +
        's> *** No help on nope\ns> \n',
    );
  });

  it('ends at Ctrl-C, with an empty line, even while an action waits for the server', async () => {
    const session = fakeSession({
      interactive: true,
      answers: {
        ...answers,
        startProcess: () => {
          // The server never answers; the user loses patience.
          session.context.interrupts.raise();
          return new Promise(() => undefined);
        },
      },
      typed: ['start slow', 'pid'],
    });
    await runShell(session.context, 's');
    expect(session.stdout()).toBe(`${cat}s> \n`);
    expect(session.context.interrupts.raise()).toBe(false);
  });
});
