/** An output channel between its opening (before the spawn) and its reading (by the output actor). */

import type { LogTarget } from '../logging/log-target.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { Failure, Os, PipeEnds } from '../os/os.ts';

export type OutputChannelName = 'stdout' | 'stderr';

/** Opens the log of a channel; null when it has none. A failure carries the symbolic errno. */
export type OpenLog = (spec: ProcessSpec, channel: OutputChannelName) => LogTarget | null | Failure;

export class OpenOutput {
  readonly pipe: PipeEnds;
  readonly log: LogTarget | null;

  constructor(pipe: PipeEnds, log: LogTarget | null) {
    this.pipe = pipe;
    this.log = log;
  }

  /** Closes the daemon's end and the log, when no actor will read the channel. */
  abandon(os: Pick<Os, 'closeDescriptor'>): void {
    os.closeDescriptor(this.pipe.readFd);
    this.log?.close();
  }
}
