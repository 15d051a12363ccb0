import { describe, expect, test } from 'vitest';
import { exited, signalled } from '../helpers/spec-samples.ts';
import { supervise } from './supervised.ts';
import { failOnWarnings } from './warnings.ts';

failOnWarnings();

const running = (values: Parameters<typeof supervise>[0] = {}) => {
  const process = supervise(values);
  process.tell('start');
  process.pass(1000);
  return process;
};

describe('a signal that cannot be sent', () => {
  test.each(['STARTING', 'RUNNING', 'STOPPING'])('makes a process that is %s UNKNOWN', (state) => {
    const process = supervise();
    process.tell('start');
    if (state !== 'STARTING') process.pass(1000);
    if (state === 'STOPPING') process.tell('stop');
    expect(process.state).toBe(state);
    process.child.cannotBeSignalled('EPERM');
    expect(process.state).toBe('UNKNOWN');
    expect(process.context.signalError).toBe('EPERM');
    expect(process.changes.at(-1)).toEqual({
      type: 'process.changed',
      from: state,
      to: 'UNKNOWN',
      pid: 101,
      failures: 0,
      exit: null,
    });
  });

  test('sends no SIGKILL and starts nothing from there, while the child is still watched', () => {
    const process = running();
    process.tell('stop');
    process.child.cannotBeSignalled();
    process.tell('start', 'stop');
    process.pass(1_000_000);
    expect(process.state).toBe('UNKNOWN');
    expect(process.child.signals).toEqual(['SIGTERM']);
    expect(process.child.abandoned).toBe(false);
    expect(process.outputs.open).toHaveLength(2);
  });

  test('is over when the child has ended: STOPPED without a restart, and a start works again', () => {
    const process = running({ autorestart: 'always' });
    process.child.cannotBeSignalled('EPERM');
    process.child.exits(exited(1));
    expect(process.state).toBe('STOPPED');
    process.pass(1_000_000);
    expect(process.children.all).toHaveLength(1);
    process.tell('start');
    expect(process.state).toBe('STARTING');
    expect(process.context.signalError).toBe('');
  });

  test('and fails again only changes the reason', () => {
    const process = running();
    process.child.cannotBeSignalled('EPERM');
    process.child.cannotBeSignalled('EINVAL');
    expect(process.context.signalError).toBe('EINVAL');
    expect(process.announced).toEqual(['STARTING', 'RUNNING', 'UNKNOWN']);
  });
});

describe('a child actor that fails', () => {
  test('while it starts makes the process UNKNOWN and reports the defect', () => {
    const process = supervise();
    process.children.onAsked = () => {
      throw new Error('defect');
    };
    process.tell('start');
    expect(process.state).toBe('UNKNOWN');
    expect(process.defects).toEqual([new Error('defect')]);
    expect(process.announced).toEqual(['STARTING', 'UNKNOWN']);
  });

  test('while it obeys makes the process UNKNOWN, a dead end in which nothing is started twice', () => {
    const process = running({ autorestart: 'always' });
    process.child.onCommand = () => {
      throw new Error('defect');
    };
    process.tell('stop');
    expect(process.state).toBe('UNKNOWN');
    process.tell('start', 'stop', 'quiesce');
    process.pass(1_000_000);
    expect(process.state).toBe('UNKNOWN');
    expect(process.children.all).toHaveLength(1);
    expect(process.actor.getSnapshot().status).toBe('active');
  });
});

describe('an output actor that fails', () => {
  test('costs its channel only: the defect is reported and the process lives on', () => {
    const process = supervise();
    process.outputs.onOpen = (channel) => {
      if (channel === 'stdout') throw new Error('defect');
    };
    process.tell('start');
    process.pass(1000);
    expect(process.defects).toEqual([new Error('defect')]);
    expect(process.state).toBe('RUNNING');
    expect(process.outputs.open.map(({ channel }) => channel)).toEqual(['stderr']);
    process.tell('stop');
    process.child.exits(signalled('SIGTERM'));
    expect(process.state).toBe('STOPPED');
    expect(process.outputs.open).toEqual([]);
  });
});
