import { afterEach, describe, expect, test, vi } from 'vitest';
import { runLine } from '../../../../src/cli/control/run-line.ts';
import type { OpenScreen, Screen } from '../../../../src/cli/control/terminal-screen.ts';
import { ConnectionProblem, type SubscribeOptions } from '../../../../src/client/control-client.ts';
import { waitFor } from '../../../helpers/wait.ts';
import { fakeSession } from '../fake-session.ts';

const row = (name: string, statename: string) => ({
  group: name,
  name,
  statename,
  since: 0,
  pid: 0,
  startedAt: 0,
  restarts: 0,
  usage: null,
  why: `it is ${statename}`,
});

/** A terminal of 60 × 6 on which nobody looks. */
class FakeScreen implements Screen {
  drawn: readonly string[] = [];
  opened = 0;
  closed = 0;
  suspended = 0;
  type: (keys: string) => void = () => {};

  open({ onKeys }: Parameters<Screen['open']>[0]): OpenScreen {
    this.opened += 1;
    this.type = onKeys;
    return {
      columns: 60,
      rows: 6,
      draw: (lines) => {
        this.drawn = lines;
      },
      suspend: () => {
        this.suspended += 1;
      },
      close: () => {
        this.closed += 1;
      },
    };
  }

  get text(): string {
    return this.drawn.join('\n');
  }
}

/** A server whose subscriptions end when their signal says so, or as the test wants it. */
function fakeServer() {
  const subscriptions: { readonly options: SubscribeOptions; readonly end: (error: Error | null) => void }[] = [];
  return {
    subscriptions,
    get last() {
      const subscription = subscriptions.at(-1);
      if (subscription === undefined) throw new Error('nobody has subscribed');
      return subscription;
    },
    subscribe: (options: SubscribeOptions): Promise<void> =>
      new Promise((resolve, reject) => {
        const end = (error: Error | null): void => (error === null ? resolve() : reject(error));
        options.signal.addEventListener('abort', () => end(null));
        subscriptions.push({ options, end });
        options.onReply({ subscription: 1, processes: [row('web', 'RUNNING'), row('db', 'FATAL')] });
      }),
  };
}

function begin() {
  const screen = new FakeScreen();
  const server = fakeServer();
  const explanation = { group: 'web', name: 'web', statename: 'RUNNING', sentence: 'RUNNING: up', evidence: ['so'] };
  const session = fakeSession({ screen, subscribe: server.subscribe, answers: { 'trace.why': explanation } });
  const running = runLine(session.context, 'top');
  return { screen, server, session, running };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('top on a terminal', () => {
  test('shows what comes until q', async () => {
    const { screen, server, session, running } = begin();
    await waitFor('the table', () => screen.text.includes('it is RUNNING'));
    const change = { processes: [row('web', 'STOPPING')], removed: ['db:db'] };
    server.last.options.onNotification('overview.changed', [change]);
    await waitFor('the change', () => screen.text.includes('it is STOPPING') && !screen.text.includes('FATAL'));
    screen.type('q');
    await running;
    expect(screen.closed).toBe(1);
    expect(session.context.exitStatus).toBe(0);
    expect(session.stdout()).toBe('');
  });

  test('ends with Ctrl-C, in whatever way that comes', async () => {
    const first = begin();
    await waitFor('the table', () => first.screen.opened === 1);
    first.screen.type(String.fromCharCode(3));
    await first.running;
    const second = begin();
    await waitFor('the table', () => second.screen.opened === 1);
    second.session.context.interrupts.raise();
    await second.running;
    expect([first.screen.closed, second.screen.closed]).toEqual([1, 1]);
  });

  test('explains the chosen process', async () => {
    const { screen, session, running } = begin();
    await waitFor('the table', () => screen.opened === 1);
    screen.type('\r');
    await waitFor('the explanation', () => screen.text.includes('web RUNNING: up\n    so'));
    expect(session.calls).toEqual(['trace.why("web:web")']);
    screen.type('qq');
    await running;
  });

  test('gives the screen to the shell for a while with Ctrl-Z', async () => {
    const { screen, running } = begin();
    await waitFor('the table', () => screen.opened === 1);
    screen.type(`${String.fromCharCode(26)}q`);
    await running;
    expect(screen.suspended).toBe(1);
  });

  test('keeps what it shows while the connection is lost, and subscribes again', async () => {
    const { screen, server, running } = begin();
    await waitFor('the table', () => screen.opened === 1);
    server.last.end(new ConnectionProblem('broken', 'it went away'));
    await waitFor('the problem', () => screen.text.includes('connection lost (it went away)'));
    expect(screen.text).toContain('it is RUNNING');
    await waitFor('another subscription', () => server.subscriptions.length === 2);
    await waitFor('no problem', () => !screen.text.includes('connection lost'));
    screen.type('q');
    await running;
  });

  test('subscribes again when it has missed something', async () => {
    const { screen, server, running } = begin();
    await waitFor('the table', () => screen.opened === 1);
    server.last.options.onMissed(3);
    await waitFor('another subscription', () => server.subscriptions.length === 2);
    screen.type('q');
    await running;
  });
});

describe('top without a terminal', () => {
  test('prints one table', async () => {
    const session = fakeSession({ subscribe: fakeServer().subscribe });
    await runLine(session.context, 'top');
    expect(session.stdout()).toBe(
      [
        'NAME          STATE         PID       TIME  RESTARTS    CPU%    MEM  WHY',
        'web           RUNNING         -          -         -       -      -  it is RUNNING',
        'db            FATAL           -          -         -       -      -  it is FATAL',
        '',
      ].join('\n'),
    );
  });

  test.each([undefined, new FakeScreen()])(
    'or with one says in one line that Supervisor does not know it',
    async (screen) => {
      const session = fakeSession(screen === undefined ? {} : { screen });
      await runLine(session.context, 'top');
      expect(session.stdout()).toBe(
        "ERROR: this supervisord does not know top; it is Supervisor's, or an older version\n",
      );
      expect(session.context.exitStatus).toBe(3);
      expect(screen?.opened ?? 0).toBe(0);
    },
  );

  test('takes no arguments', async () => {
    const session = fakeSession();
    await runLine(session.context, 'top web');
    expect(session.stdout()).toMatch(/^Error: top accepts no arguments\ntop\t/);
    expect(session.context.exitStatus).toBe(1);
  });
});
