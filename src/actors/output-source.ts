/** An output channel between its opening (before the spawn) and its reading (by the output actor). */

import type { LogTarget } from '../logging/log-target.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { Failure } from '../os/os.ts';
import type { WatchedPipe } from '../os/watched-pipe.ts';

export type OutputChannelName = 'stdout' | 'stderr';

/** Opens the log of a channel; null when it has none. A failure carries the symbolic errno. */
export type OpenLog = (spec: ProcessSpec, channel: OutputChannelName) => LogTarget | null | Failure;

export class OpenOutput {
  /** The daemon's end; never blocks. */
  readonly pipe: WatchedPipe;
  readonly log: LogTarget | null;
  /** To be called once, by whoever has read the channel: the pipe is closed, or watched between two attempts. */
  readonly release: () => void;

  constructor(pipe: WatchedPipe, log: LogTarget | null, release: () => void) {
    this.pipe = pipe;
    this.log = log;
    this.release = release;
  }

  /** Gives back the pipe and closes the log, when no actor will read the channel. */
  abandon(): void {
    this.release();
    this.log?.close();
  }
}
