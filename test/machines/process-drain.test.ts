import { describe, expect, test } from 'vitest';
import { exited, signalled } from '../helpers/spec-samples.ts';
import { type Supervised, supervise } from './supervised.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

const drained = [{ type: 'process.drained', name: 'web' }];

/** Brings a new process into a state; `afterwards` is what it is, and what the child still has to do, after a drain. */
const situations: Record<
  string,
  { readonly values?: Parameters<typeof supervise>[0]; arrange(process: Supervised): void }
> = {
  STOPPED: { arrange: () => {} },
  spawning: {
    arrange: (process) => {
      process.children.onAsked = () => {};
      process.tell('start');
    },
  },
  STARTING: { arrange: (process) => process.tell('start') },
  RUNNING: {
    values: { autorestart: 'always' },
    arrange: (process) => {
      process.tell('start');
      process.pass(1000);
    },
  },
  STOPPING: { arrange: (process) => process.tell('start', 'stop') },
  BACKOFF: {
    arrange: (process) => {
      process.tell('start');
      process.child.exits(exited(1));
    },
  },
  EXITED: {
    arrange: (process) => {
      process.tell('start');
      process.pass(1000);
      process.child.exits(exited(0));
    },
  },
  FATAL: {
    values: { startRetries: 0 },
    arrange: (process) => {
      process.tell('start');
      process.child.exits(exited(1));
    },
  },
  UNKNOWN: {
    arrange: (process) => {
      process.tell('start');
      process.child.cannotBeSignalled();
    },
  },
};

function arrange(name: string): Supervised {
  const situation = situations[name];
  if (!situation) throw new Error(`no situation ${name}`);
  const process = supervise(situation.values);
  situation.arrange(process);
  return process;
}

const withChild = ['spawning', 'STARTING', 'RUNNING', 'STOPPING'];
const without = ['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN'];

describe('a drain', () => {
  test.each(without)('in %s is answered at once and changes no state', (name) => {
    const process = arrange(name);
    const announced = process.announced;
    process.tell('drain');
    expect(process.reports).toEqual(drained);
    expect(process.state).toBe(name);
    expect(process.announced).toEqual(announced);
  });

  test('in BACKOFF makes the process FATAL and is answered at once', () => {
    const process = arrange('BACKOFF');
    process.tell('drain');
    expect(process.state).toBe('FATAL');
    expect(process.reports).toEqual(drained);
    expect(process.changes.at(-1)).toMatchObject({ from: 'BACKOFF', to: 'FATAL', failures: 1 });
  });

  test.each(withChild)('while %s stops the child, and is answered when it has ended', (name) => {
    const process = arrange(name);
    process.tell('drain');
    expect(process.state).toBe('STOPPING');
    expect(process.child.signals).toEqual(['SIGTERM']);
    expect(process.reports).toEqual([]);
    process.child.exits(signalled('SIGTERM'));
    expect(process.state).toBe('STOPPED');
    expect(process.reports).toEqual(drained);
  });

  test('while spawning is answered when the spawn has failed', () => {
    const process = arrange('spawning');
    process.tell('drain');
    process.child.failsToSpawn();
    expect(process.state).toBe('STOPPED');
    expect(process.reports).toEqual(drained);
  });

  test('of a process that then cannot be signalled is answered although the child lives, and only once', () => {
    const process = arrange('RUNNING');
    process.child.onCommand = () => process.child.cannotBeSignalled();
    process.tell('drain');
    expect(process.state).toBe('UNKNOWN');
    expect(process.reports).toEqual(drained);
    process.child.exits(exited(0));
    expect(process.state).toBe('STOPPED');
    expect(process.reports).toEqual(drained);
  });

  test('of a process whose child actor then fails is answered', () => {
    const process = arrange('RUNNING');
    process.child.onCommand = () => {
      throw new Error('defect');
    };
    process.tell('drain');
    expect(process.state).toBe('UNKNOWN');
    expect(process.reports).toEqual(drained);
    expect(process.defects).toEqual([new Error('defect')]);
  });

  test.each(Object.keys(situations))('from %s leaves a process that never starts again', (name) => {
    const process = arrange(name);
    process.tell('drain');
    for (const child of process.children.living) child.exits(exited(1));
    const attempts = process.children.all.length;
    process.tell('start');
    process.pass(1_000_000);
    expect(process.children.all).toHaveLength(attempts);
  });
});

describe('after quiesce', () => {
  test('a process that exits is not restarted', () => {
    const process = arrange('RUNNING');
    process.tell('quiesce');
    expect(process.state).toBe('RUNNING');
    process.child.exits(exited(1));
    expect(process.state).toBe('EXITED');
    process.tell('start');
    process.pass(1_000_000);
    expect(process.children.all).toHaveLength(1);
  });

  test('a failed start is not retried, and waits in BACKOFF for the drain', () => {
    const process = arrange('STARTING');
    process.tell('quiesce');
    process.child.exits(exited(1));
    process.pass(1_000_000);
    expect(process.state).toBe('BACKOFF');
    process.tell('drain');
    expect(process.state).toBe('FATAL');
    expect(process.reports).toEqual(drained);
  });

  test('a retry that was due does not come', () => {
    const process = arrange('BACKOFF');
    process.tell('quiesce');
    process.pass(1_000_000);
    expect(process.state).toBe('BACKOFF');
    expect(process.children.all).toHaveLength(1);
  });

  test('a last failed start is FATAL as ever', () => {
    const process = supervise({ startRetries: 0 });
    process.tell('start', 'quiesce');
    process.child.exits(exited(1));
    expect(process.state).toBe('FATAL');
  });

  test('a start that is under way goes on to RUNNING', () => {
    const process = arrange('STARTING');
    process.tell('quiesce');
    process.pass(1000);
    expect(process.state).toBe('RUNNING');
  });

  test.each(['STOPPED', 'EXITED', 'FATAL'])('a start request in %s is ignored', (name) => {
    const process = arrange(name);
    process.tell('quiesce', 'start');
    expect(process.state).toBe(name);
  });

  test('a stop request is still obeyed', () => {
    const process = arrange('RUNNING');
    process.tell('quiesce', 'stop');
    expect(process.child.signals).toEqual(['SIGTERM']);
    process.child.exits(signalled('SIGTERM'));
    expect(process.state).toBe('STOPPED');
    expect(process.reports).toEqual([]);
  });
});
