/** What loading a configuration needs to be told, and the answer when it is not valid. */

import type { Overrides } from './daemon.ts';
import type { ConfigProblem } from './problem.ts';

export interface LoadRequest {
  /** As typed; null = the first of the usual places. */
  readonly configFile: string | null;
  /** What the command line said, by long option name. */
  readonly overrides: Overrides;
  /** The command's path as called: two of the usual places depend on it. */
  readonly argv0: string;
  /**
   * What ENV_X names see; by default what the command was started with. When a daemon reads its file again this is that,
   * with the `DaemonSpec.environment` of all readings before laid over it, as in Supervisor.
   */
  readonly startEnvironment?: Readonly<Record<string, string>>;
}

export interface InvalidConfig {
  readonly kind: 'invalid';
  /** At least one; the first is the one Supervisor would have reported. */
  readonly problems: readonly ConfigProblem[];
}
