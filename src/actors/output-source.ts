/** An output channel between its opening (before the spawn) and its reading (by the output actor). */

import { LazyLog, type OutputLog } from '../logging/lazy-log.ts';
import type { LogTarget } from '../logging/log-target.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { Failure } from '../os/os.ts';
import type { WatchedPipe } from '../os/watched-pipe.ts';

export type OutputChannelName = 'stdout' | 'stderr';

/** Opens the log of a channel; null when it has none. A failure carries the symbolic errno. */
export type OpenLog = (spec: ProcessSpec, channel: OutputChannelName) => LogTarget | null | Failure;

/** The log of a channel that may be opened later than its pipe is read; `warn` is told when that fails. */
export const openLater = (
  { openLog, warn }: { readonly openLog: OpenLog; readonly warn: (message: string) => void },
  spec: ProcessSpec,
  channel: OutputChannelName,
): LazyLog =>
  new LazyLog({ name: `the ${channel} log of '${spec.name}'`, open: () => openLog(spec, channel), report: warn });

export class OpenOutput {
  /** The daemon's end; never blocks. */
  readonly pipe: WatchedPipe;
  readonly log: OutputLog | null;
  /** What the log cannot be given stays in the pipe, for whoever has it next: it does not end with its attempt. */
  readonly lasts: boolean;
  /** To be called once, by whoever has read the channel: the pipe is closed, or watched between two attempts. */
  readonly release: () => void;

  constructor({ pipe, log, lasts, release }: Pick<OpenOutput, 'pipe' | 'log' | 'lasts' | 'release'>) {
    this.pipe = pipe;
    this.log = log;
    this.lasts = lasts;
    this.release = release;
  }

  /** Gives back the pipe and closes the log, when no actor will read the channel. */
  abandon(): void {
    this.release();
    this.log?.close();
  }
}
