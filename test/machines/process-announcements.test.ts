import { describe, expect, test } from 'vitest';
import type { ProcessChanged } from '../../machines/process.machine.ts';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import type { ProcessState } from '../../src/model/process-state.ts';
import { exited, signalled } from '../helpers/spec-samples.ts';
import { type Supervised, supervise } from './supervised.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

/** `from`, `to`, `pid`, `failures`, `exit`. */
type Row = readonly [ProcessState, ProcessState, number, number, ExitStatus | null];

const changed = ([from, to, pid, failures, exit]: Row): ProcessChanged => ({
  type: 'process.changed',
  from,
  to,
  pid,
  failures,
  exit,
});

interface Story {
  readonly title: string;
  readonly values?: Parameters<typeof supervise>[0];
  tell(process: Supervised): void;
  readonly rows: readonly Row[];
}

const stories: readonly Story[] = [
  {
    title: 'a start and a stop',
    tell: (process) => {
      process.tell('start');
      process.pass(1000);
      process.tell('stop');
      process.child.exits(signalled('SIGTERM'));
    },
    rows: [
      ['STOPPED', 'STARTING', 0, 0, null],
      ['STARTING', 'RUNNING', 101, 0, null],
      ['RUNNING', 'STOPPING', 101, 0, null],
      ['STOPPING', 'STOPPED', 101, 0, signalled('SIGTERM')],
    ],
  },
  {
    title: 'an exit and a restart',
    values: { autorestart: 'always' },
    tell: (process) => {
      process.tell('start');
      process.pass(1000);
      process.child.exits(exited(4));
      process.pass(1000);
    },
    rows: [
      ['STOPPED', 'STARTING', 0, 0, null],
      ['STARTING', 'RUNNING', 101, 0, null],
      ['RUNNING', 'EXITED', 101, 0, exited(4)],
      ['EXITED', 'STARTING', 0, 0, null],
      ['STARTING', 'RUNNING', 102, 0, null],
    ],
  },
  {
    title: 'quick exits until FATAL, with the number of failures',
    values: { startRetries: 1 },
    tell: (process) => {
      process.tell('start');
      process.child.exits(exited(1));
      process.pass(1000);
      process.child.exits(exited(1));
      process.tell('start');
    },
    rows: [
      ['STOPPED', 'STARTING', 0, 0, null],
      ['STARTING', 'BACKOFF', 101, 1, exited(1)],
      ['BACKOFF', 'STARTING', 0, 1, null],
      ['STARTING', 'BACKOFF', 102, 2, exited(1)],
      ['BACKOFF', 'FATAL', 0, 2, null],
      ['FATAL', 'STARTING', 0, 0, null],
    ],
  },
  {
    title: 'a command that cannot be spawned, stopped while it waits',
    tell: (process) => {
      process.children.onAsked = (child) => child.failsToSpawn();
      process.tell('start', 'stop');
    },
    rows: [
      ['STOPPED', 'STARTING', 0, 0, null],
      ['STARTING', 'BACKOFF', 0, 1, null],
      ['BACKOFF', 'STOPPED', 0, 1, null],
    ],
  },
  {
    title: 'a stop while the child is being made',
    tell: (process) => {
      process.children.onAsked = () => {};
      process.tell('start', 'stop');
      process.child.spawns();
      process.child.exits(signalled('SIGTERM'));
    },
    rows: [
      ['STOPPED', 'STARTING', 0, 0, null],
      ['STARTING', 'STOPPING', 0, 0, null],
      ['STOPPING', 'STOPPED', 101, 0, signalled('SIGTERM')],
    ],
  },
  {
    title: 'a stop while the child is being made, which then fails',
    tell: (process) => {
      process.children.onAsked = () => {};
      process.tell('start', 'stop');
      process.child.failsToSpawn();
    },
    rows: [
      ['STOPPED', 'STARTING', 0, 0, null],
      ['STARTING', 'STOPPING', 0, 0, null],
      ['STOPPING', 'STOPPED', 0, 0, null],
    ],
  },
  {
    title: 'a way through UNKNOWN',
    tell: (process) => {
      process.tell('start', 'stop');
      process.child.cannotBeSignalled();
      process.child.exits(exited(0));
      process.tell('start');
    },
    rows: [
      ['STOPPED', 'STARTING', 0, 0, null],
      ['STARTING', 'STOPPING', 101, 0, null],
      ['STOPPING', 'UNKNOWN', 101, 0, null],
      ['UNKNOWN', 'STOPPED', 101, 0, exited(0)],
      ['STOPPED', 'STARTING', 0, 0, null],
    ],
  },
];

describe('changes are announced with the state left, the pid, the failures and the exit', () => {
  test.each(stories)('in $title', ({ values, tell, rows }) => {
    const process = supervise(values);
    tell(process);
    expect(process.changes).toEqual(rows.map(changed));
  });

  test('when the snapshot already shows the new state', () => {
    const process = supervise();
    const seen: [ProcessState, ProcessState][] = [];
    process.actor.on('process.changed', ({ to }) => seen.push([to, process.state]));
    process.tell('start');
    process.pass(1000);
    process.tell('stop');
    process.child.exits(exited(0));
    expect(seen.map(([to]) => to)).toEqual(['STARTING', 'RUNNING', 'STOPPING', 'STOPPED']);
    for (const [announced, actual] of seen) expect(actual).toBe(announced);
  });
});
