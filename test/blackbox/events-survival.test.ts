/** Event listeners outlive the daemon like other programs, in the middle of what they are saying to it. */
import { execFileSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import type { PoolStatus } from '../../src/model/listener-protocol.ts';
import { killed, Lives } from '../helpers/lives.ts';
import { isAlive } from '../helpers/process-table.ts';
import { fixture, inRepository } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const oursOnly = { oursOnly: true };

const listener = (command: string): string =>
  `[eventlistener:ear]\ncommand=${command}\nevents=REMOTE_COMMUNICATION\nstartsecs=0\n`;

const tell = (lives: Lives, word: string): Promise<unknown> =>
  lives.call('supervisor.sendRemoteCommEvent', 'news', word);

/** The words that the listener was told of, once for each time. */
const heard = (lives: Lives): readonly string[] =>
  [...lives.sandbox.read('heard').matchAll(/type:news\|(\w+)$/gm)].map((match) => match[1] ?? '');

const hears = async (lives: Lives, words: readonly string[]): Promise<void> => {
  await waitFor(`the listener to hear of ${words.join(', ')}`, () => heard(lives).length >= words.length);
  expect(heard(lives)).toEqual(words);
};

const stateOf = async (lives: Lives): Promise<string | undefined> => {
  const [pool] = (await lives.call('events.pools')) as readonly { listeners: readonly { state: string }[] }[];
  return pool?.listeners[0]?.state;
};

const becomes = async (lives: Lives, state: PoolStatus['listeners'][number]['state']): Promise<void> => {
  await waitFor(`the listener to be ${state}`, async () => (await stateOf(lives)) === state);
};

const python = '/usr/bin/python3';
const hasSupervisorLibrary = ((): boolean => {
  try {
    execFileSync(python, ['-c', 'import supervisor.childutils'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const upgrade = async (lives: Lives): Promise<void> => {
  expect((await lives.daemon.ctl('upgrade')).stdout).toMatch(/^Upgraded supervisord/);
};

const turns: Readonly<Record<string, (lives: Lives) => Promise<unknown>>> = {
  'a killed daemon': (lives) => lives.next(),
  'an upgrade': upgrade,
};

describe('an event listener', () => {
  for (const [turn, pass] of Object.entries(turns)) {
    for (const [kind, command, skip] of [
      ['a shell script', fixture('listens', '%(here)s/heard'), false],
      [
        "a program on Supervisor's own library",
        `${python} ${inRepository('test/fixtures/listens.py')} %(here)s/heard`,
        !hasSupervisorLibrary,
      ],
    ] as const) {
      scenario(
        `that is ${kind} runs on over ${turn}, and is told of each event once`,
        async () => {
          await using lives = await Lives.begin(listener(command));
          const { pid } = await lives.waitForState('ear', 'RUNNING');
          const words: string[] = [];
          for (const round of ['first', 'second', 'third']) {
            for (const each of ['one', 'two']) {
              words.push(`${round}_${each}`);
              await tell(lives, `${round}_${each}`);
            }
            await hears(lives, words);
            await becomes(lives, 'READY');
            await pass(lives);
            expect((await lives.info('ear')).pid).toBe(pid);
          }
          await tell(lives, 'last');
          await hears(lives, [...words, 'last']);
          expect(lives.daemon.messagesAbout('ear').filter((message) => /protocol|rejected/.test(message))).toEqual([]);
        },
        { ...oursOnly, skip },
      );
    }

    // Only a daemon that is killed takes with it what it has sent.
    const [again, explanation] =
      turn === 'an upgrade' ? [['one'], ''] : [[], ', which an earlier supervisord had sent: it is not known any more'];
    for (const [answer, repeated, warnings] of [
      ['OK', [], []],
      ['FAIL', again, [`WARN ear: event was rejected${explanation}`]],
    ] as const) {
      scenario(
        `that works on an event runs on over ${turn}, and its ${answer} is heard by the next daemon`,
        async () => {
          await using lives = new Lives(listener(fixture('listens-slowly', '%(here)s/heard', '%(here)s/answers')));
          await lives.sandbox.shell('mkfifo answers');
          await lives.start();
          const { pid } = await lives.waitForState('ear', 'RUNNING');
          await becomes(lives, 'READY');
          await pass(lives);
          // By a daemon that has gone on with it itself.
          await tell(lives, 'one');
          await hears(lives, ['one']);
          await pass(lives);
          expect(await stateOf(lives)).toBe('BUSY');
          await tell(lives, 'two');
          await lives.sandbox.shell(`echo ${answer} >answers`);
          for (const word of repeated) {
            await hears(lives, ['one', word]);
            await lives.sandbox.shell('echo OK >answers');
          }
          await hears(lives, ['one', ...repeated, 'two']);
          await lives.sandbox.shell('echo OK >answers');
          await becomes(lives, 'READY');
          expect((await lives.info('ear')).pid).toBe(pid);
          const rejections = lives.daemon.messages().filter((message) => /event was rejected/.test(message));
          expect(rejections).toEqual(warnings);
        },
        oursOnly,
      );
    }
  }

  scenario(
    'that is READY only after upgrades is told of all that has waited for it, as far as there was room',
    async () => {
      const command = `/bin/sh -c 'until [ -e go ]; do sleep 0.1; done; exec "$@"' waits ${fixture('listens', 'heard')}`;
      await using lives = await Lives.begin(`${listener(command)}directory=%(here)s\nbuffer_size=4\n`);
      const { pid } = await lives.waitForState('ear', 'RUNNING');
      const large = 'x'.repeat(200_000);
      for (const word of ['zero', 'one', 'two', large, 'four', 'five']) await tell(lives, word);
      await upgrade(lives);
      await upgrade(lives);
      expect(await lives.call('events.pools')).toMatchObject([{ buffered: 4, discarded: 2 }]);
      expect((await lives.info('ear')).pid).toBe(pid);
      await lives.sandbox.shell('touch go');
      await hears(lives, ['two', large, 'four', 'five']);
      await tell(lives, 'six');
      await hears(lives, ['two', large, 'four', 'five', 'six']);
      const headers = [...lives.sandbox.read('heard').matchAll(/ serial:(\d+) pool:ear poolserial:(\d+) /g)];
      expect(headers.map((header) => Number(header[2]))).toEqual([2, 3, 4, 5, 6]);
      const serials = headers.map((header) => Number(header[1]));
      expect(serials).toEqual([...new Set(serials)].sort((one, other) => one - other));
    },
    oursOnly,
  );

  scenario(
    'that answers while no daemon lives is understood by the next one',
    async () => {
      await using lives = new Lives(listener(fixture('listens-slowly', '%(here)s/heard', '%(here)s/answers')));
      await lives.sandbox.shell('mkfifo answers');
      await lives.start();
      const { pid } = await lives.waitForState('ear', 'RUNNING');
      await tell(lives, 'one');
      await hears(lives, ['one']);
      await lives.kill();
      await lives.sandbox.shell('echo OK >answers');
      await lives.start();
      await tell(lives, 'two');
      await hears(lives, ['one', 'two']);
      expect((await lives.info('ear')).pid).toBe(pid);
    },
    oursOnly,
  );

  scenario(
    'that ends while no daemon lives is started anew',
    async () => {
      await using lives = await Lives.begin(listener(fixture('listens', '%(here)s/heard')));
      const { pid } = await lives.waitForState('ear', 'RUNNING');
      await becomes(lives, 'READY');
      await lives.kill();
      await killed(pid);
      await lives.start();
      await waitFor('another listener', async () => ![0, pid].includes((await lives.info('ear')).pid));
      await tell(lives, 'one');
      await hears(lives, ['one']);
    },
    oursOnly,
  );

  scenario(
    'that had only a part of an event in its pipe is ended and started anew',
    async () => {
      await using lives = await Lives.begin(listener("/bin/sh -c 'echo READY; exec sleep 86400'"));
      const { pid } = await lives.waitForState('ear', 'RUNNING');
      await becomes(lives, 'READY');
      await tell(lives, 'x'.repeat(300_000));
      await becomes(lives, 'BUSY');
      await lives.next();
      await waitFor('another listener', async () => ![0, pid].includes((await lives.info('ear')).pid));
      expect(isAlive(pid)).toBe(false);
      expect(lives.daemon.messages().join('\n')).toContain('it is not certain where the conversation');
    },
    oursOnly,
  );
});
