/** What programs have started: `killtree` ends all of it and nothing else, a subreaper inherits and ends it. */
import { readdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { findCgroupHome } from '../../src/os/cgroup.ts';
import { type Daemon, type DaemonOptions, startDaemon } from '../helpers/daemon.ts';
import { killed, Lives } from '../helpers/lives.ts';
import { type ProcessEntry, sendSignal, zombiesOf } from '../helpers/process-table.ts';
import { fixture } from '../helpers/sandbox.ts';
import { type ScenarioOptions, scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

/** What each program runs and starts, so that they can be told apart. */
const [mine, others] = ['86401', '86402'];
/** Processes that grows-tree.sh makes. */
const treeSize = 10;

const running = (daemon: Daemon, seconds: string): readonly ProcessEntry[] =>
  daemon.programs().filter(({ command }) => command === `sleep ${seconds}`);

/** What was started by programs, without the daemon's own helper. */
const left = (daemon: Daemon): readonly ProcessEntry[] =>
  daemon.programs().filter(({ command }) => !command.startsWith('statevisor-keeper'));
const children = (daemon: Daemon): readonly ProcessEntry[] =>
  left(daemon).filter(({ parent }) => parent === daemon.pid);

const home = findCgroupHome();
const cannotHide = process.getuid?.() === 0 ? null : ' (left out: cgroups can be hidden by root only)';
const cannotUse = home.kind === 'usable' ? null : ` (left out: ${home.reason})`;

/** The cgroups that a daemon has made and not removed. */
const boxesOf = (pid: number): readonly string[] =>
  home.kind === 'usable' ? readdirSync(home.path).filter((name) => name.startsWith(`statevisor-${pid}-`)) : [];

interface Method {
  readonly name: string;
  readonly missing: string | null;
  /** For the daemon to see, or not to see, the cgroups of the system. */
  readonly options: Pick<DaemonOptions, 'shell'>;
  readonly said: string;
  /** How many of a tree cannot be told from strangers when its program has ended unseen. */
  readonly uncertain: number;
}

const methods: readonly Method[] = [
  {
    name: 'cgroups',
    missing: cannotUse,
    options: {},
    said: 'INFO killtree: what programs start is kept together by cgroups',
    uncertain: 0,
  },
  {
    name: '/proc',
    missing: cannotHide,
    options: {
      shell: `exec unshare --mount /bin/sh -c 'for at in $(awk "\\$3 == \\"cgroup2\\" { print \\$2 }" /proc/mounts); do umount -l "$at"; done; exec "$0" "$@"' "$0" "$@"`,
    },
    said: 'INFO killtree: what programs start is found by looking through /proc',
    uncertain: 2,
  },
];

const tree = (name: string, seconds: string, ...lines: readonly string[]): string =>
  [
    `[program:${name}]`,
    `command=${fixture('grows-tree', seconds)}`,
    `stdout_logfile=%(here)s/${name}.out`,
    'startsecs=0',
    ...lines,
    '',
  ].join('\n');

describe.each(methods)('killtree=true, with $name,', ({ missing, options, said, uncertain }) => {
  const here = (title: string, body: () => Promise<void>, more: ScenarioOptions = {}): void =>
    scenario(`${title}${missing ?? ''}`, body, { ...more, oursOnly: true, skip: missing !== null });

  const started = async (...sections: readonly string[]): Promise<Daemon> => {
    const daemon = await startDaemon({ config: sections.join(''), ...options });
    await daemon.waitForFile('mine.out', 'ready');
    await daemon.waitForFile('others.out', 'ready');
    await waitFor('both trees', () => [mine, others].every((one) => running(daemon, one).length === treeSize));
    return daemon;
  };

  here('ends with a program all that it has started, and nothing of others', async () => {
    await using daemon = await started(
      tree('mine', mine, 'killtree=true'),
      tree('others', others, 'autorestart=false'),
    );
    const untouched = running(daemon, others);
    expect(daemon.messages().filter((message) => message.startsWith(said))).toHaveLength(1);
    expect((await daemon.ctl('stop', 'mine')).stdout).toBe('mine: stopped\n');
    expect(running(daemon, mine)).toEqual([]);
    expect(running(daemon, others)).toEqual(untouched);
    expect((await daemon.status()).others?.state).toBe('RUNNING');
    for (const { pid } of running(daemon, others)) sendSignal(pid, 'SIGKILL');
  });

  here('ends what a program leaves behind when it is killed, before it is started again', async () => {
    await using daemon = await started(
      tree('mine', mine, 'killtree=true', 'autorestart=true'),
      tree('others', others, 'autorestart=false'),
    );
    const before = running(daemon, mine).map(({ pid }) => pid);
    sendSignal(await daemon.pidOf('mine'), 'SIGKILL');
    await daemon.waitForMessage('mine', 'spawned', 2);
    await waitFor('the new tree', () => running(daemon, mine).length === treeSize);
    expect(running(daemon, mine).filter(({ pid }) => before.includes(pid))).toEqual([]);
    expect(running(daemon, others)).toHaveLength(treeSize);
    await daemon.ctl('stop', 'mine');
    expect(running(daemon, mine)).toEqual([]);
    for (const { pid } of running(daemon, others)) sendSignal(pid, 'SIGKILL');
  });

  here('kills with a program that does not stop all that it has started', async () => {
    await using daemon = await startDaemon({
      config: `[program:stubborn]
command=${fixture('stubborn-tree', mine)}
stdout_logfile=%(here)s/out\nstartsecs=0\nstopwaitsecs=1\nkilltree=true`,
      ...options,
    });
    await daemon.waitForFile('out', 'ready');
    await waitFor('the tree', () => running(daemon, mine).length === 2);
    await daemon.ctl('stop', 'stubborn');
    expect(daemon.messagesAbout('stubborn').at(-1)).toBe('WARN stopped: stubborn (terminated by SIGKILL)');
    expect(left(daemon)).toEqual([]);
  });

  here('catches what forks all the time', async () => {
    await using daemon = await startDaemon({
      config: `[program:forks]
command=${fixture('forks-on', mine)}
startsecs=0\nstopwaitsecs=0\nkilltree=true`,
      ...options,
    });
    await waitFor('a crowd', () => running(daemon, mine).length > 20);
    await daemon.ctl('stop', 'forks');
    expect(left(daemon)).toEqual([]);
  });

  here('also ends the tree of a program that an earlier daemon has started', async () => {
    await using lives = await Lives.begin(
      tree('mine', mine, 'killtree=true') + tree('others', others, 'autorestart=false'),
      options,
    );
    await waitFor('both trees', () => [mine, others].every((one) => running(lives.daemon, one).length === treeSize));
    const daemon = await lives.next(options);
    expect((await lives.waitForState('mine', 'RUNNING')).pid).toBeGreaterThan(0);
    await daemon.ctl('stop', 'mine');
    expect(running(daemon, mine)).toEqual([]);
    expect(running(daemon, others)).toHaveLength(treeSize);
    for (const { pid } of running(daemon, others)) sendSignal(pid, 'SIGKILL');
  });

  here(
    'ends what is certain to be left of a program that ended while no daemon lived, before it starts it',
    async () => {
      await using lives = await Lives.begin(
        tree('mine', mine, 'killtree=true', 'autorestart=true', 'autostart=true') +
          tree('others', others, 'autorestart=false'),
        options,
      );
      await waitFor('both trees', () => [mine, others].every((one) => running(lives.daemon, one).length === treeSize));
      const before = running(lives.daemon, mine).map(({ pid }) => pid);
      const { pid } = await lives.info('mine');
      await lives.kill();
      await killed(pid);
      // Again by one that is killed while it has only begun.
      await lives.start(options);
      const daemon = await lives.next(options);
      await daemon.waitForMessage('mine', 'spawned', 2);
      const left = running(daemon, mine).filter((one) => before.includes(one.pid));
      expect(left).toHaveLength(uncertain);
      await waitFor('the new tree', () => running(daemon, mine).length === treeSize + uncertain);
      await daemon.ctl('stop', 'mine');
      expect(running(daemon, mine)).toEqual(left);
      expect(running(daemon, others)).toHaveLength(treeSize);
      for (const one of [...left, ...running(daemon, others)]) sendSignal(one.pid, 'SIGKILL');
    },
  );

  here('makes nothing of the daemon itself when it ends', async () => {
    await using daemon = await started(tree('mine', mine, 'killtree=true'), tree('others', others, 'killtree=true'));
    await daemon.ctl('shutdown');
    expect((await daemon.command.ended()).status).toBe(0);
    expect(daemon.sandbox.processes()).toEqual([]);
    expect(boxesOf(daemon.pid)).toEqual([]);
  });
});

scenario(
  `killtree=true, with cgroups, also ends what has lost its parent, its environment and its session${cannotUse ?? ''}`,
  async () => {
    await using daemon = await startDaemon({ config: tree('mine', `${mine} lost`, 'killtree=true') });
    await waitFor('the tree', () => running(daemon, mine).length === treeSize + 1);
    await daemon.ctl('stop', 'mine');
    expect(running(daemon, mine)).toEqual([]);
    expect(boxesOf(daemon.pid)).toEqual([]);
  },
  { oursOnly: true, skip: cannotUse !== null },
);

describe('a subreaper', () => {
  const leaving = `[program:leaves]\ndirectory=%(here)s\ncommand=${fixture('leaves-orphans', 'polite', 'polite')}\nstartsecs=0\n`;

  scenario(
    'adopts and reaps the orphans of programs, and ends them when it ends',
    async () => {
      await using daemon = await startDaemon({
        config: `[supervisord]\nsubreaper=true\norphanwaitsecs=60\n${leaving}`,
        foreground: false,
      });
      await daemon.waitForFile('ready', 'ready\nready\n');
      await daemon.waitForLog(/INFO reaped unknown pid \d+ \(exit status 3\)/);
      await waitFor('no zombies', () => zombiesOf(daemon.pid).length === 0);
      // A program that is being started is a copy of the daemon for a moment.
      await waitFor('both orphans, and what starts them', () => children(daemon).length === 3);
      daemon.signal('SIGTERM');
      await daemon.waitForEnd();
      expect(daemon.sandbox.read('ends')).toBe('polite\npolite\n');
      expect(daemon.sandbox.processes()).toEqual([]);
    },
    { oursOnly: true },
  );

  scenario(
    'keeps the orphans over a restart',
    async () => {
      await using daemon = await startDaemon({
        config: `[supervisord]\nsubreaper=true\norphanwaitsecs=0\n${leaving}autostart=false\n`,
      });
      await daemon.ctl('start', 'leaves');
      await daemon.waitForFile('ready', 'ready\nready\n');
      daemon.signal('SIGHUP');
      await waitFor('the restart', () => daemon.log().split('supervisord started with pid').length === 3);
      await waitFor('both orphans alone', () => children(daemon).length === 2);
    },
    { oursOnly: true },
  );

  scenario('is what only a daemon becomes that is told to: otherwise orphans outlive it', async () => {
    await using daemon = await startDaemon({ config: leaving });
    await daemon.waitForFile('ready', 'ready\nready\n');
    await waitFor('no child but the program', () => children(daemon).length === 1);
    daemon.signal('SIGTERM');
    await daemon.command.ended();
    expect(daemon.sandbox.processes().filter(({ parent }) => parent === 1)).toHaveLength(2);
    await daemon.sandbox.killAll();
  });
});
