import { describe, expect, test } from 'vitest';
import type { ExitWhen } from '../../src/model/exit-policy.ts';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import { exited, sampleGroup, signalled } from '../helpers/spec-samples.ts';
import { supervise } from './supervised.ts';
import { superviseTree } from './tree.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

type Tree = ReturnType<typeof superviseTree>;

describe('a process tells that it has come to rest by itself', () => {
  const running = (values: Partial<ProcessSpec> = {}) => {
    const process = supervise(values);
    process.tell('start');
    process.pass(1000);
    return process;
  };

  test('when it is EXITED and not started again', () => {
    const process = running();
    process.child.exits(exited(0));
    expect(process.settlements).toEqual([{ kind: 'exited', status: exited(0) }]);
    process.pass(1_000_000);
    expect(process.settlements).toHaveLength(1);
  });

  test('when it is FATAL, with the end of the last start', () => {
    const process = running({ startRetries: 1, startMs: 5000 });
    process.child.exits(exited(3));
    process.pass(1000);
    expect(process.settlements).toEqual([]);
    process.child.exits(signalled('SIGSEGV'));
    expect(process.settlements).toEqual([{ kind: 'fatal', status: signalled('SIGSEGV') }]);
  });

  test('when it is FATAL for it could not be started, whatever an earlier start came to', () => {
    const process = running({ startRetries: 1, startMs: 5000 });
    process.child.exits(exited(3));
    process.children.onAsked = (child) => child.failsToSpawn();
    process.pass(1000);
    expect(process.settlements).toEqual([{ kind: 'fatal', status: null }]);
  });

  test('not when it is started again, at once or a second after its start', () => {
    const process = running({ autorestart: 'always' });
    process.child.exits(exited(0));
    expect(process.state).toBe('STARTING');
    const short = running({ autorestart: 'always', startMs: 0 });
    short.child.exits(exited(0), 10);
    expect(short.state).toBe('EXITED');
    short.pass(2000);
    expect([...process.settlements, ...short.settlements]).toEqual([]);
  });

  test('not when it was stopped, nor while the daemon stops', () => {
    const stopped = running();
    stopped.tell('stop');
    stopped.child.exits(signalled('SIGTERM'));
    const quiescent = running();
    quiescent.tell('quiesce');
    quiescent.child.exits(exited(0));
    expect([...stopped.settlements, ...quiescent.settlements]).toEqual([]);
  });
});

const booted = (exitWhen: ExitWhen, ...groups: Parameters<typeof sampleGroup>[]): Tree => {
  const tree = superviseTree(
    groups.map((group) => sampleGroup(...group)),
    { exitWhen },
  );
  tree.tell('boot');
  tree.pass(1000);
  return tree;
};

const end = (tree: Tree, name: string, status: ExitStatus = exited(0)): void => tree.children.of(name).exits(status);

const endOf = (tree: Tree) => {
  expect(tree.halts.length).toBeLessThanOrEqual(1);
  expect(tree.halts.every(({ intent }) => intent === 'shutdown')).toBe(true);
  const end = tree.halts[0]?.end;
  if (end === null || end === undefined) return end;
  const settled = end.kind === 'program' ? end : end.failed;
  return { kind: end.kind, name: settled?.spec.name, settlement: settled?.settlement };
};

describe('exit_on', () => {
  test('ends the daemon when its process is done: everything else is drained in order, and then it is halted', () => {
    const tree = booted(
      'never',
      ['database', ['database'], { priority: 1 }],
      ['web', [{ name: 'web', exitOn: 'exit' }], { priority: 999 }],
      ['cache', ['cache'], { priority: 999 }],
    );
    end(tree, 'web', exited(0));
    expect(tree.announced.at(-1)).toBe('SHUTDOWN');
    expect(tree.states).toEqual({ 'database:database': 'RUNNING', 'web:web': 'EXITED', 'cache:cache': 'STOPPING' });
    expect(tree.halts).toEqual([]);
    end(tree, 'cache');
    expect(tree.states['database:database']).toBe('STOPPING');
    end(tree, 'database');
    expect(endOf(tree)).toEqual({ kind: 'program', name: 'web', settlement: { kind: 'exited', status: exited(0) } });
    expect(tree.ends).toHaveLength(1);
  });

  test('does not hold up the end by those that do not stop', () => {
    const tree = booted('never', ['web', [{ name: 'web', exitOn: 'exit', autorestart: 'never' }, 'stubborn']]);
    end(tree, 'web', exited(4));
    tree.pass(9999);
    expect(tree.children.of('stubborn').signals).toEqual(['SIGTERM']);
    tree.pass(1);
    expect(tree.children.of('stubborn').signals).toEqual(['SIGTERM', 'SIGKILL']);
    end(tree, 'stubborn', signalled('SIGKILL'));
    expect(endOf(tree)).toMatchObject({ name: 'web', settlement: { status: exited(4) } });
  });

  test.each(['exit', 'failure', 'fatal'] as const)('=%s leaves those alone that are started again', (exitOn) => {
    const tree = booted('never', ['web', [{ name: 'web', exitOn, autorestart: 'always' }]]);
    end(tree, 'web', exited(1));
    expect(tree.states['web:web']).toBe('STARTING');
    expect(tree.announced.at(-1)).toBe('RUNNING');
  });

  test('=exit leaves a process alone that was stopped on request', () => {
    const tree = booted('never', ['web', [{ name: 'web', exitOn: 'exit' }]]);
    tree.process('web', 'web').send({ type: 'process.stop' });
    end(tree, 'web', signalled('SIGTERM'));
    expect(tree.announced.at(-1)).toBe('RUNNING');
  });

  test('=failure ends with a program that is FATAL when its retries are used up, not before', () => {
    const tree = superviseTree([sampleGroup('web', [{ name: 'web', exitOn: 'failure', startRetries: 1 }, 'other'])]);
    tree.tell('boot');
    end(tree, 'web', exited(5));
    expect(tree.announced.at(-1)).toBe('RUNNING');
    tree.pass(999);
    expect(tree.states['web:web']).toBe('BACKOFF');
    tree.pass(1);
    end(tree, 'web', exited(6));
    expect(tree.announced.at(-1)).toBe('SHUTDOWN');
    end(tree, 'other');
    expect(endOf(tree)).toEqual({ kind: 'program', name: 'web', settlement: { kind: 'fatal', status: exited(6) } });
  });

  test('counts the first one only', () => {
    const tree = booted('never', [
      'web',
      ['one', 'two'].map((name) => ({ name, exitOn: 'exit' as const, autorestart: 'never' as const })),
    ]);
    end(tree, 'two', exited(2));
    end(tree, 'one', exited(1));
    expect(endOf(tree)).toMatchObject({ name: 'two', settlement: { status: exited(2) } });
    expect(tree.ends).toHaveLength(1);
  });

  test('keeps its reason when a shutdown or a restart is asked for meanwhile', () => {
    const tree = booted('never', ['web', [{ name: 'web', exitOn: 'exit', autorestart: 'never' }, 'other']]);
    end(tree, 'web', exited(1));
    tree.tell('restart', 'shutdown');
    end(tree, 'other');
    expect(endOf(tree)).toMatchObject({ kind: 'program', name: 'web' });
  });

  test('is no reason once a shutdown or a restart was asked for', () => {
    for (const command of ['shutdown', 'restart'] as const) {
      const tree = booted('never', ['web', [{ name: 'web', exitOn: 'exit' }]]);
      tree.tell(command);
      end(tree, 'web', exited(1));
      expect(tree.halts).toEqual([{ intent: command, end: null }]);
    }
  });
});

describe('exit_when=all_done', () => {
  test('ends when the last one has, and not before', () => {
    const tree = booted('all_done', ['one', ['one']], ['two', ['two', 'three']]);
    end(tree, 'one');
    end(tree, 'three');
    expect(tree.announced.at(-1)).toBe('RUNNING');
    end(tree, 'two');
    expect(endOf(tree)).toEqual({ kind: 'all-done', name: undefined, settlement: undefined });
  });

  test('tells the first in order of start that failed', () => {
    const failing = (name: string) => ({ name, autorestart: 'never' as const });
    const tree = booted('all_done', ['one', ['one']], ['two', [failing('two'), failing('three')]]);
    end(tree, 'three', exited(3));
    end(tree, 'two', exited(2));
    end(tree, 'one', exited(0));
    expect(endOf(tree)).toMatchObject({ kind: 'all-done', name: 'two', settlement: { status: exited(2) } });
  });

  test('waits for those that are to be started again', () => {
    const tree = booted('all_done', ['one', ['one']], ['two', [{ name: 'two', autorestart: 'never' }]]);
    end(tree, 'two', exited(3));
    end(tree, 'one', exited(1));
    expect(tree.states['one:one']).toBe('STARTING');
    end(tree, 'one', exited(1));
    expect(tree.states['one:one']).toBe('BACKOFF');
    tree.pass(1000);
    tree.pass(1000);
    end(tree, 'one', exited(0));
    expect(endOf(tree)).toMatchObject({ kind: 'all-done', name: 'two', settlement: { status: exited(3) } });
  });

  test('does not wait for those that were never started, were stopped, or are FATAL', () => {
    const tree = booted(
      'all_done',
      ['idle', [{ name: 'idle', autostart: false }]],
      ['stopped', ['stopped']],
      ['fatal', [{ name: 'fatal', startRetries: 0, startMs: 5000 }]],
      ['last', ['last']],
    );
    tree.process('stopped', 'stopped').send({ type: 'process.stop' });
    end(tree, 'stopped');
    end(tree, 'fatal', exited(8));
    expect(tree.announced.at(-1)).toBe('RUNNING');
    end(tree, 'last');
    expect(endOf(tree)).toMatchObject({ kind: 'all-done', name: 'fatal', settlement: { kind: 'fatal' } });
  });

  test('does not end by a stop, for a start may follow', () => {
    const tree = booted('all_done', ['one', ['one']], ['two', ['two']]);
    end(tree, 'two');
    tree.process('one', 'one').send({ type: 'process.stop' });
    end(tree, 'one');
    expect(tree.announced.at(-1)).toBe('RUNNING');
  });
});

test('exit_when=any_fatal ends with the first that is FATAL', () => {
  const tree = booted('any_fatal', ['one', [{ name: 'one', startRetries: 0, startMs: 5000 }, 'two']]);
  end(tree, 'two', exited(0));
  expect(tree.announced.at(-1)).toBe('RUNNING');
  end(tree, 'one', exited(0));
  expect(endOf(tree)).toEqual({ kind: 'program', name: 'one', settlement: { kind: 'fatal', status: exited(0) } });
});

test('exit_when=never goes on when everything is done or FATAL', () => {
  const tree = booted('never', ['one', [{ name: 'one', startRetries: 0, startMs: 5000 }, 'two']]);
  end(tree, 'two');
  end(tree, 'one');
  tree.pass(1_000_000);
  expect(tree.halts).toEqual([]);
  expect(tree.ends).toEqual([]);
});
