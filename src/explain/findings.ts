/** What is looked up for an explanation beyond the facts: what a program has said, and what still lives of it. */

export interface Findings {
  /** The ends of its logs: stderr first, if it has one of its own. */
  readonly outputs: readonly OutputTail[];
  /** It has no log that could be read: nothing of what it says is kept. */
  readonly isSilenced: boolean;
  /** Of its process group and its descendants; the child itself first. */
  readonly alive: readonly LivingProcess[];
  /** Where its command is searched for: `PATH`. */
  readonly searchPath: string;
}

export interface OutputTail {
  readonly channel: 'stdout' | 'stderr';
  readonly path: string;
  /** The last ones, fit to be shown: without escape sequences and of bounded length. */
  readonly lines: readonly string[];
  /** Something was written since the last start. */
  readonly isFresh: boolean;
}

export interface LivingProcess {
  readonly pid: number;
  readonly name: string;
  /** One letter as `ps` has it: `D` sleeps and cannot be killed, `T` is stopped. */
  readonly state: string;
}

export const nothingFound: Findings = { outputs: [], isSilenced: false, alive: [], searchPath: '' };
