/** The machines that have a chart, by the names that commands and documents call them. */

import type { AnyStateMachine } from 'xstate';
import { groupMachine } from '../../machines/group.machine.ts';
import { listenerMachine } from '../../machines/listener.machine.ts';
import { poolMachine } from '../../machines/pool.machine.ts';
import { processMachine } from '../../machines/process.machine.ts';
import { supervisorMachine } from '../../machines/supervisor.machine.ts';

export const chartedMachines: ReadonlyMap<string, AnyStateMachine> = new Map<string, AnyStateMachine>([
  ['process', processMachine],
  ['group', groupMachine],
  ['supervisor', supervisorMachine],
  ['pool', poolMachine],
  ['listener', listenerMachine],
]);
