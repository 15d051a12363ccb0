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

const turns: Readonly<Record<string, (lives: Lives) => Promise<unknown>>> = {
  'a killed daemon': (lives) => lives.next(),
  'an upgrade': async (lives) => {
    expect((await lives.daemon.ctl('upgrade')).stdout).toMatch(/^Upgraded supervisord/);
  },
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

    for (const [answer, warnings] of [
      ['OK', 0],
      ['FAIL', 1],
    ] as const) {
      scenario(
        `that works on an event runs on over ${turn}, and its ${answer} is heard by the next daemon`,
        async () => {
          await using lives = new Lives(listener(fixture('listens-slowly', '%(here)s/heard', '%(here)s/answers')));
          await lives.sandbox.shell('mkfifo answers');
          await lives.start();
          const { pid } = await lives.waitForState('ear', 'RUNNING');
          await tell(lives, 'one');
          await hears(lives, ['one']);
          await pass(lives);
          await pass(lives);
          expect(await stateOf(lives)).toBe('BUSY');
          await tell(lives, 'two');
          await lives.sandbox.shell(`echo ${answer} >answers`);
          await hears(lives, ['one', 'two']);
          await lives.sandbox.shell('echo OK >answers');
          await becomes(lives, 'READY');
          expect((await lives.info('ear')).pid).toBe(pid);
          const rejections = lives.daemon.messages().filter((message) => /event was rejected/.test(message));
          expect(rejections).toEqual(
            Array(warnings).fill(
              'WARN ear: event was rejected, which an earlier supervisord had sent: it is not known any more',
            ),
          );
        },
        oursOnly,
      );
    }
  }

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
