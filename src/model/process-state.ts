/**
 * The eight states of a process, their wire codes and the sets that rules speak of.
 * Names and codes are Supervisor's: clients compare both.
 */

/** State name → the number clients see as `state`. */
export const processStateCodes = {
  STOPPED: 0,
  STARTING: 10,
  RUNNING: 20,
  BACKOFF: 30,
  STOPPING: 40,
  EXITED: 100,
  FATAL: 200,
  UNKNOWN: 1000,
} as const;

export type ProcessState = keyof typeof processStateCodes;

/** All states, in the order of their codes. */
export const processStates = Object.keys(processStateCodes) as readonly ProcessState[];

const stoppedStates: ReadonlySet<ProcessState> = new Set(['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN']);
const runningStates: ReadonlySet<ProcessState> = new Set(['STARTING', 'RUNNING', 'BACKOFF']);
const signallableStates: ReadonlySet<ProcessState> = new Set(['STARTING', 'RUNNING', 'STOPPING']);

/** The stopped set: ends a wait for a stop, and allows a group to be removed. */
export const isStopped = (state: ProcessState): boolean => stoppedStates.has(state);

/** The running set: a start is refused as ALREADY_STARTED, a stop is possible. STOPPING is in neither set. */
export const isRunning = (state: ProcessState): boolean => runningStates.has(state);

/** States in which a signal reaches an OS process. */
export const isSignallable = (state: ProcessState): boolean => signallableStates.has(state);

/** The moods of the daemon and their codes, as `getState` reports them. */
export const supervisorStateCodes = { FATAL: 2, RUNNING: 1, RESTARTING: 0, SHUTDOWN: -1 } as const;

export type SupervisorState = keyof typeof supervisorStateCodes;
