/** What the control interface needs besides the actors. */

import type { ChangeHub } from '../actors/change-hub.ts';
import type { EventSystem } from '../actors/event-system.ts';
import type { ProcessLogs } from '../actors/process-logs.ts';
import type { CommandLog, LogAccess, UpgradeOutcome } from '../commands/control.ts';
import type { TraceControl } from '../commands/trace-control.ts';
import type { GroupSpec, SupervisorSpec } from '../model/program-spec.ts';
import type { Os } from '../os/os.ts';
import type { NoteTaker } from './process-notes.ts';

export interface ControlPorts {
  readonly os: Os;
  readonly changes: ChangeHub;
  readonly notes: NoteTaker;
  readonly trace: TraceControl;
  readonly logs: ProcessLogs;
  readonly events: Pick<EventSystem, 'remote' | 'pools'>;
  readonly log: CommandLog;
  /** See `SupervisorControl`. */
  readonly productVersion: string;
  readonly instance: string;
  readonly upgrade: () => Promise<UpgradeOutcome>;
  readonly mainLog: LogAccess;
  /** Reads the configuration anew. Throws `ConfigError` when it is invalid. */
  readonly readConfiguration: () => SupervisorSpec;
  /** How the configured groups differ from the active ones. */
  readonly compareGroups: (active: readonly GroupSpec[], configured: readonly GroupSpec[]) => GroupChanges;
}

export interface GroupChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}
