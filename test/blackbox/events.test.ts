/** Event listeners: pools of processes that are told what happens, by the protocol that their authors know. */
import { execFileSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import { type Daemon, startDaemon } from '../helpers/daemon.ts';
import { sendSignal } from '../helpers/process-table.ts';
import { fixture, inRepository } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

/** A pool `name` that writes what it is told to the file `name`. */
const pool = (name: string, events: string, ...more: readonly string[]): string =>
  [
    `[eventlistener:${name}]`,
    `command=${fixture('listens', `%(here)s/${name}`)}`,
    `events=${events}`,
    ...more,
    '',
  ].join('\n');

/** The same, with a listener that needs no time. */
const quickPool = (...settings: Parameters<typeof pool>): string =>
  pool(...settings).replace(
    /^command=.*$/m,
    `command=${process.execPath} ${inRepository('test/fixtures/listens.mjs')} %(here)s/${settings[0]}`,
  );

/** What a listener was told, as `NAME body`, with process ids replaced. */
const told = (daemon: Daemon, name: string): readonly string[] =>
  daemon.sandbox
    .read(name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^.* eventname:(\S+) len:\d+ /, '$1 ').replace(/pid:\d+/, 'pid:N'));

/** The values of one field of the headers. */
const field = (daemon: Daemon, name: string, key: string): readonly string[] => fieldIn(daemon.sandbox.read(name), key);

/** In what a listener has written: of two readings the second one may have more. */
const fieldIn = (written: string, key: string): readonly string[] =>
  [...written.matchAll(new RegExp(` ${key}:(\\S+)`, 'g'))].map((match) => match[1] ?? '');

async function call(daemon: Daemon, method: string, ...params: readonly unknown[]): Promise<unknown> {
  const path = daemon.sandbox.path('supervisor.sock');
  const client = connectMsgpack({ path, username: null, password: null });
  try {
    return await client.call(method, ...params);
  } finally {
    client.close();
  }
}

const python = '/usr/bin/python3';
const hasSupervisorLibrary = ((): boolean => {
  try {
    execFileSync(python, ['-c', 'import supervisor.childutils'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe('an event listener', () => {
  scenario('is told from its own beginning what happens, in order and with numbers', async () => {
    await using daemon = await startDaemon({
      config: `${pool('all', 'EVENT', 'buffer_size=100')}[program:web]\ncommand=${fixture('forever')}\n`,
    });
    await daemon.waitForFile('all', 'processname:web groupname:web from_state:STARTING');
    const events = told(daemon, 'all').filter((event) => !event.startsWith('TICK'));
    expect(events).toEqual([
      'PROCESS_GROUP_ADDED groupname:all|',
      'PROCESS_GROUP_ADDED groupname:web|',
      'SUPERVISOR_STATE_CHANGE_RUNNING ',
      'PROCESS_STATE_STARTING processname:all groupname:all from_state:STOPPED tries:0',
      'PROCESS_STATE_STARTING processname:web groupname:web from_state:STOPPED tries:0',
      'PROCESS_STATE_RUNNING processname:all groupname:all from_state:STARTING pid:N',
      'PROCESS_STATE_RUNNING processname:web groupname:web from_state:STARTING pid:N',
    ]);
    const written = daemon.sandbox.read('all');
    const numbers = fieldIn(written, 'serial');
    expect(numbers).toEqual(numbers.map((_, index) => String(index)));
    expect(fieldIn(written, 'poolserial')).toEqual(numbers);
    expect(new Set(fieldIn(written, 'server'))).toEqual(new Set(['supervisor']));
  });

  scenario(
    'that asked for a type and its parent is told once',
    async () => {
      await using daemon = await startDaemon({
        config: `${pool('few', 'PROCESS_STATE,PROCESS_STATE_STOPPED')}[program:web]\ncommand=${fixture('forever')}\n`,
      });
      await daemon.waitForFile('few', 'processname:web groupname:web from_state:STARTING');
      await daemon.ctl('stop', 'web');
      await daemon.ctl('start', 'web');
      await daemon.waitForFile('few', 'processname:web groupname:web from_state:STOPPED tries:0');
      expect(told(daemon, 'few').filter((event) => event.startsWith('PROCESS_STATE_STOPPED'))).toHaveLength(1);
    },
    { oursOnly: true },
  );

  scenario(
    'is told again what it rejected, and nobody else is',
    async () => {
      const rejecting = pool('rejecting', 'PROCESS_STATE_STOPPED').replace('rejecting\n', 'rejecting STOPPED\n');
      await using daemon = await startDaemon({
        config: `${rejecting}${pool('other', 'PROCESS_STATE_STOPPED')}[program:web]\ncommand=${fixture('forever')}\n`,
      });
      for (const name of ['rejecting', 'other', 'web']) await daemon.waitForStatus(name, 'RUNNING');
      await daemon.ctl('stop', 'web');
      await waitFor('the repetition', () => told(daemon, 'rejecting').length === 2);
      expect(new Set(field(daemon, 'rejecting', 'serial')).size).toBe(1);
      expect(daemon.messages()).toContain('WARN rejecting: event was rejected');
      await waitFor('the other pool', () => told(daemon, 'other').length === 1);
      await daemon.ctl('start', 'web');
      await daemon.ctl('stop', 'web');
      await waitFor('one more', () => told(daemon, 'rejecting').length === 4 && told(daemon, 'other').length === 2);
    },
    { oursOnly: true },
  );

  scenario(
    'is told of its own death in its next life, once',
    async () => {
      await using daemon = await startDaemon({
        config: `${pool('mortal', 'PROCESS_STATE_EXITED')}startsecs=0\nautorestart=true\n`,
      });
      for (let deaths = 1; deaths <= 2; deaths += 1) {
        await waitFor('it to listen', async () => JSON.stringify(await call(daemon, 'events.pools')).includes('READY'));
        // One that ends sooner is not started again at once.
        await waitFor('a second of life', async () =>
          /0:00:0[2-9]/.test((await daemon.status()).mortal?.description ?? ''),
        );
        sendSignal(await daemon.pidOf('mortal'), 'SIGKILL');
        await waitFor('the news', () => told(daemon, 'mortal').length >= deaths);
      }
      expect(field(daemon, 'mortal', 'serial')).toHaveLength(2);
      expect(new Set(field(daemon, 'mortal', 'serial')).size).toBe(2);
      expect(daemon.log()).not.toContain('UNKNOWN');
    },
    { oursOnly: true },
  );

  scenario(
    'that dies over an event leaves it to its successor',
    async () => {
      await using daemon = await startDaemon({
        config: [
          '[eventlistener:mortal]',
          `command=/bin/sh -c 'echo READY; read -r header; echo "$header" >> mortal; sleep 0.2; exit 1'`,
          'directory=%(here)s',
          'startsecs=0',
          'events=REMOTE_COMMUNICATION',
          '',
        ].join('\n'),
      });
      await daemon.waitForStatus('mortal', 'RUNNING');
      await call(daemon, 'supervisor.sendRemoteCommEvent', 'deployed', 'grüße');
      await waitFor('the repetition', () => field(daemon, 'mortal', 'serial').length >= 2);
      expect(new Set(field(daemon, 'mortal', 'serial'))).toEqual(new Set(['0']));
    },
    { oursOnly: true },
  );

  scenario(
    'that breaks the protocol is reported with what it wrote, and restarted',
    async () => {
      await using daemon = await startDaemon({
        config: [
          '[eventlistener:rude]',
          `command=/bin/sh -c 'if [ -e said ]; then exec ${fixture('listens', 'rude')}; fi; touch said; echo hello there; exec sleep 86400'`,
          'directory=%(here)s',
          'events=REMOTE_COMMUNICATION',
          '',
        ].join('\n'),
      });
      await daemon.waitForLog(
        "rude: wrote b'hello there\\n', which is not part of the eventlistener protocol; it is restarted",
      );
      expect(daemon.messages()).toContain(
        'WARN rude: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process ' +
          'violated the eventlistener protocol',
      );
      await daemon.waitForMessage('rude', 'success');
      await call(daemon, 'supervisor.sendRemoteCommEvent', 'deployed', 'now');
      await daemon.waitForFile('rude', 'type:deployed|now');
    },
    { oursOnly: true },
  );

  scenario(
    'hears of the end of everything else before it is stopped itself',
    async () => {
      await using daemon = await startDaemon({
        config: `${quickPool('all', 'PROCESS_STATE,SUPERVISOR_STATE_CHANGE', 'buffer_size=100')}[program:web]\ncommand=${fixture('forever')}\n`,
      });
      await daemon.waitForFile('all', 'processname:web groupname:web from_state:STARTING');
      await daemon.ctl('shutdown');
      await daemon.waitForEnd();
      expect(told(daemon, 'all').slice(-3)).toEqual([
        'SUPERVISOR_STATE_CHANGE_STOPPING ',
        'PROCESS_STATE_STOPPING processname:web groupname:web from_state:RUNNING pid:N',
        'PROCESS_STATE_STOPPED processname:web groupname:web from_state:STOPPING pid:N',
      ]);
    },
    { oursOnly: true },
  );

  scenario(
    'numbers of events go on after a restart of everything, those of pools begin anew',
    async () => {
      await using daemon = await startDaemon({ config: quickPool('all', 'SUPERVISOR_STATE_CHANGE') });
      await daemon.waitForFile('all', 'RUNNING');
      await daemon.ctl('reload');
      await waitFor('the second life', () => told(daemon, 'all').length === 3);
      expect(field(daemon, 'all', 'serial')).toEqual(['0', '1', '2']);
      expect(field(daemon, 'all', 'poolserial')).toEqual(['0', '1', '0']);
    },
    { oursOnly: true },
  );

  scenario(
    'that does not keep up costs the oldest events, which are counted',
    async () => {
      await using daemon = await startDaemon({
        config: '[eventlistener:deaf]\ncommand=sleep 86400\nevents=REMOTE_COMMUNICATION\nbuffer_size=2\n',
      });
      for (const data of ['a', 'b', 'c', 'd', 'e']) await call(daemon, 'supervisor.sendRemoteCommEvent', 'x', data);
      expect(await call(daemon, 'events.pools')).toEqual([
        {
          name: 'deaf',
          events: ['REMOTE_COMMUNICATION'],
          buffer_size: 2,
          buffered: 2,
          discarded: 3,
          listeners: [{ name: 'deaf', state: 'ACKNOWLEDGED', event: -1 }],
        },
      ]);
      const overflows = daemon.messages().filter((message) => message.startsWith('ERRO'));
      expect(overflows).toEqual(
        [0, 1, 2].map((serial) => `ERRO pool deaf event buffer overflowed, discarding event ${serial}`),
      );
    },
    { oursOnly: true },
  );

  scenario('is told of ticks when a new slice of time begins', async () => {
    await using daemon = await startDaemon({ config: pool('clock', 'TICK_5') });
    const text = await daemon.waitForFile('clock', /when:\d+/);
    expect(Number(/when:(\d+)/.exec(text)?.[1]) % 5).toBe(0);
  });

  scenario(
    `on Supervisor's own library works with text in any language${hasSupervisorLibrary ? '' : ' (skipped: python3 cannot import supervisor.childutils)'}`,
    async () => {
      await using daemon = await startDaemon({
        config: [
          '[eventlistener:all]',
          `command=${python} ${inRepository('test/fixtures/listens.py')} %(here)s/all`,
          'events=PROCESS_COMMUNICATION,PROCESS_STATE_EXITED,PROCESS_STATE_STOPPED',
          '[program:talker]',
          `command=${fixture('communicates')}`,
          'stdout_capture_maxbytes=1KB',
          'autostart=false',
          '',
        ].join('\n'),
      });
      await daemon.waitForStatus('all', 'RUNNING');
      await daemon.ctl('start', 'talker');
      await daemon.waitForFile('all', 'PROCESS_COMMUNICATION_STDOUT');
      await daemon.ctl('stop', 'talker');
      await daemon.waitForFile('all', 'PROCESS_STATE_STOPPED');
      expect(told(daemon, 'all')).toEqual([
        'PROCESS_COMMUNICATION_STDOUT processname:talker groupname:talker pid:N|grüße',
        'PROCESS_STATE_STOPPED processname:talker groupname:talker from_state:STOPPING pid:N',
      ]);
    },
    { skip: !hasSupervisorLibrary },
  );
});

describe('a program that communicates', () => {
  scenario(
    'has its messages kept out of its log, and loses nothing else',
    async () => {
      await using daemon = await startDaemon({
        config: [
          pool('talk', 'PROCESS_COMMUNICATION,PROCESS_STATE_STOPPED'),
          '[program:talker]',
          `command=${fixture('communicates')}`,
          'stdout_capture_maxbytes=1KB',
          'stdout_logfile=%(here)s/talker.log',
          'autorestart=false',
          '',
        ].join('\n'),
      });
      await daemon.waitForFile('talk', 'PROCESS_COMMUNICATION_STDOUT');
      await call(daemon, 'supervisor.sendProcessStdin', 'talker', 'go\n');
      await daemon.waitForStatus('talker', 'EXITED');
      expect(daemon.sandbox.read('talker.log')).toBe('before after\nthe <!--XSUPER');
    },
    { oursOnly: true },
  );

  scenario('may have all its output told as events', async () => {
    await using daemon = await startDaemon({
      config: [
        pool('log', 'PROCESS_LOG', 'buffer_size=100'),
        '[program:talker]',
        `command=/bin/sh -c 'echo out; echo err >&2; exec sleep 86400'`,
        'stdout_events_enabled=true',
        'stderr_events_enabled=true',
        '',
      ].join('\n'),
    });
    await daemon.waitForFile('log', /channel:(?:stdout|stderr).*\n.*channel:(?:stdout|stderr)/);
    expect([...told(daemon, 'log')].sort()).toEqual([
      'PROCESS_LOG_STDERR processname:talker groupname:talker pid:N channel:stderr|err|',
      'PROCESS_LOG_STDOUT processname:talker groupname:talker pid:N channel:stdout|out|',
    ]);
  });
});
