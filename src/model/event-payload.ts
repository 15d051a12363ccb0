/**
 * The bodies of events, byte for byte as Supervisor's. Fields stand in a fixed order with one blank between them; only
 * bodies that carry data have a line break.
 */

import type { EventType } from './event-types.ts';
import type { ProcessState } from './process-state.ts';

export interface ProcessIdentity {
  readonly process: string;
  readonly group: string;
}

export interface StateTransition extends ProcessIdentity {
  readonly from: ProcessState;
  readonly to: ProcessState;
  /** Of the living child, or of the one that just died; 0 if there was none. */
  readonly pid: number;
  /** Failed starts in a row. */
  readonly failures: number;
  /** After an exit: whether exitcodes expect it. */
  readonly expected: boolean;
}

/** Data from one output channel of a program. */
export interface ProcessData extends ProcessIdentity {
  readonly pid: number;
  readonly data: string;
}

export type OutputChannel = 'stdout' | 'stderr';

export const processStateType = (state: ProcessState): EventType => `PROCESS_STATE_${state}`;

export const processLogType = (channel: OutputChannel): EventType =>
  channel === 'stdout' ? 'PROCESS_LOG_STDOUT' : 'PROCESS_LOG_STDERR';

export const processCommunicationType = (channel: OutputChannel): EventType =>
  channel === 'stdout' ? 'PROCESS_COMMUNICATION_STDOUT' : 'PROCESS_COMMUNICATION_STDERR';

export function processStatePayload(change: StateTransition): string {
  return [identity(change), `from_state:${change.from}`, ...stateFields(change)].join(' ');
}

function stateFields({ to, pid, failures, expected }: StateTransition): readonly string[] {
  switch (to) {
    case 'STARTING':
    case 'BACKOFF':
      return [`tries:${failures}`];
    case 'RUNNING':
    case 'STOPPING':
    case 'STOPPED':
      return [`pid:${pid}`];
    case 'EXITED':
      return [`expected:${expected ? 1 : 0}`, `pid:${pid}`];
    case 'FATAL':
    case 'UNKNOWN':
      return [];
  }
}

export const processLogPayload = (of: ProcessData, channel: OutputChannel): string =>
  `${identity(of)} pid:${of.pid} channel:${channel}\n${of.data}`;

export const processCommunicationPayload = (of: ProcessData): string => `${identity(of)} pid:${of.pid}\n${of.data}`;

export const remoteCommunicationPayload = (type: string, data: string): string => `type:${type}\n${data}`;

/** The daemon's own changes of state carry nothing but their name. */
export const supervisorStatePayload = (): string => '';

/** @param sliceAt - Beginning of the time slice, epoch seconds. */
export const tickPayload = (sliceAt: number): string => `when:${sliceAt}`;

/** The only body without data that ends with a line break. */
export const processGroupPayload = (group: string): string => `groupname:${group}\n`;

const identity = ({ process, group }: ProcessIdentity): string => `processname:${process} groupname:${group}`;
