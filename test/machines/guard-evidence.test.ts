import { describe, expect, test } from 'vitest';
import type { AnyStateMachine } from 'xstate';
import { groupMachine } from '../../machines/group.machine.ts';
import { guardEvidence } from '../../machines/guard-evidence.ts';
import { listenerMachine } from '../../machines/listener.machine.ts';
import { poolMachine } from '../../machines/pool.machine.ts';
import { processMachine } from '../../machines/process.machine.ts';
import { supervisorMachine } from '../../machines/supervisor.machine.ts';

const machines: readonly AnyStateMachine[] = [
  processMachine,
  groupMachine,
  supervisorMachine,
  poolMachine,
  listenerMachine,
];

describe('every condition can be shown with the figures it is decided by', () => {
  for (const machine of machines) {
    test(`of the machine ${machine.id}`, () => {
      const conditions = Object.keys(machine.implementations.guards);
      expect(conditions.filter((name) => guardEvidence(machine.id, name) === null)).toEqual([]);
    });
  }
});

test('there is nothing to show for what is no condition', () => {
  expect(guardEvidence('process', 'isBlue')).toBe(null);
  expect(guardEvidence('toaster', 'mayStart')).toBe(null);
});
