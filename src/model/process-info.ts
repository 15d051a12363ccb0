/** What a client is told about a process, a configuration and a batch; field names and order are Supervisor's. */

import type { ProcessState } from './process-state.ts';

export interface ProcessInfo {
  readonly name: string;
  readonly group: string;
  /** Last spawn attempt, epoch seconds; 0 if never. */
  readonly start: number;
  /** Last reap, epoch seconds; 0 if never. */
  readonly stop: number;
  /** The server's time, epoch seconds. */
  readonly now: number;
  readonly state: number;
  readonly statename: ProcessState;
  readonly spawnerr: string;
  readonly exitstatus: number;
  /** Same as `stdout_logfile`. */
  readonly logfile: string;
  readonly stdout_logfile: string;
  readonly stderr_logfile: string;
  /** 0 if there is no OS process. */
  readonly pid: number;
  readonly description: string;
}

/** One row of a batch reply: `status` 80 with `OK`, or a fault's code and text. */
export interface BatchStatus {
  readonly name: string;
  readonly group: string;
  readonly status: number;
  readonly description: string;
}
