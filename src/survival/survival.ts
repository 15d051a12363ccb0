/** What lets programs outlive the daemon, as the supervisor sees it; and that there may be nothing of the kind. */

import type { TreePast } from '../../machines/events.ts';
import type { ProcessSnapshot } from '../../machines/selectors.ts';
import type { ProgramRegister } from '../actors/child-process.ts';
import type { Conversation } from '../actors/event-system.ts';
import type { Leftover, LeftTree } from '../actors/leftovers.ts';
import type { ProcessRecord } from '../model/process-record.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { RuntimeDirectory } from '../os/runtime-directory.ts';
import type { ProcessIdentity } from '../os/watch-process.ts';

export interface Survival extends ProgramRegister {
  /** Why the daemon must not start, behind `Error: `; null if it may. */
  readonly refusal: string | null;
  /** The locked directory; null when nothing can survive. */
  readonly directory: RuntimeDirectory | null;
  /** What processes go on with. */
  readonly past: TreePast | null;
  /** Programs that have to end before any is started; what is adopted does not wait for them. */
  readonly leftovers: readonly Leftover[];
  /** What programs have started that has to end before any is started, and after the leftovers. */
  readonly leftTrees: readonly LeftTree[];
  /** Processes that keep pipes open on behalf of the last daemon. */
  readonly formerKeepers: readonly ProcessIdentity[];
  /** Whether a program of this process is among the leftovers. */
  mustEnd(spec: ProcessSpec): boolean;
  /** Whether its program has ended, and it is not gone on with: what is in its pipes are its last words. */
  hasLastWords(spec: ProcessSpec): boolean;
  /** Whether it is gone on with and its program has ended: its pipes may hold what nobody has brought to its logs yet. */
  mayHaveLeftWords(spec: ProcessSpec): boolean;
  /** Its log files with generated names; '' where it had none. */
  formerAutoLogs(spec: ProcessSpec): ProcessRecord['autoLogs'];
  /** Those of all processes. */
  allAutoLogs(): ReadonlySet<string>;
  /** Begins to write things down. */
  begin(ports: SurvivalPorts): void;
  /** The last words are in their logs: nothing need be known any more of who said them. */
  forgetEnded(): void;
  /** The leftovers have ended, and what was left of trees. */
  forgetLeftovers(): void;
  /** Where the named pipes of a process are, without their endings; null when it gets none. */
  pipes(spec: ProcessSpec): string | null;
  /** The state of a process has changed. */
  changed(snapshot: ProcessSnapshot): void;
  /** The conversation with a listener has got further. */
  conversed(spec: ProcessSpec, conversation: Conversation): void;
  /** Before what a listener says is taken out of its pipe, and when all of it is understood. */
  hearing(spec: ProcessSpec): void;
  heard(spec: ProcessSpec): void;
  /** Whether something is half said or half written between a listener and this daemon. */
  isMidway(): boolean;
  /** A group has been removed. */
  forget(group: string): void;
  keeps(keepers: readonly ProcessIdentity[]): void;
  /** Everything is about to be stopped in order. */
  ending(): void;
  /** Everything is stopped: deletes what was written down. */
  end(): void;
  /** Leaves everything where it is, for the next daemon. */
  leave(): void;
}

export interface SurvivalPorts {
  /** The generated log file of a channel; null when it has none. */
  readonly autoLog: (spec: ProcessSpec, channel: 'stdout' | 'stderr') => string | null;
}

export const noAutoLogs: ProcessRecord['autoLogs'] = { stdout: '', stderr: '' };

/** Programs live no longer than the daemon. */
export const withoutSurvival = (refusal: string | null): Survival => ({
  refusal,
  directory: null,
  past: null,
  leftovers: [],
  leftTrees: [],
  formerKeepers: [],
  survivor: () => null,
  mustEnd: () => false,
  hasLastWords: () => false,
  mayHaveLeftWords: () => false,
  formerAutoLogs: () => noAutoLogs,
  allAutoLogs: () => new Set(),
  begin: () => {},
  forgetEnded: () => {},
  forgetLeftovers: () => {},
  pipes: () => null,
  spawning: () => {},
  spawned: () => {},
  exited: () => {},
  writing: () => {},
  written: () => {},
  conversed: () => {},
  hearing: () => {},
  heard: () => {},
  isMidway: () => false,
  untilClear: () => null,
  changed: () => {},
  forget: () => {},
  keeps: () => {},
  ending: () => {},
  end: () => {},
  leave: () => {},
});
