/** What the `supervisord` command tells the daemon, and how the daemon tells that it cannot start. */

import type { GroupChanges } from '../control/control-ports.ts';
import type { DaemonLog } from '../logging/daemon-log.ts';
import type { GroupSpec, SupervisorSpec } from '../model/program-spec.ts';
import type { Handover, Invocation } from './upgrade.ts';

export interface DaemonOptions {
  readonly spec: SupervisorSpec;
  /** Of this product, shown on the web page. */
  readonly productVersion: string;
  /** False: programs that a killed daemon has left are ended. */
  readonly adopts: boolean;
  /** From the version that this one replaces; null at an ordinary start. */
  readonly handover: Handover | null;
  /** How this command was started, for the version that replaces this one. */
  readonly invocation: Invocation;
  /** What programs inherit. */
  readonly environment: Readonly<Record<string, string>>;
  /** The environment as it was when the command was started, our own variables included. */
  readonly startEnvironment: Readonly<Record<string, string | undefined>>;
  /** Reads the configuration anew. Throws `ConfigError` when it is invalid. */
  readonly readConfiguration: () => SupervisorSpec;
  readonly compareGroups: (active: readonly GroupSpec[], configured: readonly GroupSpec[]) => GroupChanges;
  /** Leaves the terminal, once the daemon is in charge; null in the foreground. */
  readonly enterBackground: ((log: DaemonLog, spec: SupervisorSpec) => { detach(): void }) | null;
}

/** Why the daemon could not start, with the text behind `Error: `. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
}
