/**
 * One output channel of one process through all its attempts. While an attempt runs, its output actor has the pipe;
 * between attempts what descendants of an earlier one still write is brought to the log, which is opened only then.
 */

import { type OutputChannel, openOutputChannel } from '../logging/output-channel.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import { bytesWaiting } from '../os/fifo.ts';
import type { LastingPipe } from '../os/lasting-pipe.ts';
import type { WatchedPipe } from '../os/watched-pipe.ts';
import { type OpenLog, type OutputChannelName, openLater } from './output-source.ts';

export interface BetweenAttempts {
  readonly openLog: OpenLog;
  /** `[supervisord] strip_ansi`. */
  readonly stripAnsi: boolean;
  /** Whether somebody follows the channel now, and `onBytes` has to be called. */
  readonly isFollowed: (spec: ProcessSpec, channel: OutputChannelName) => boolean;
  /** Bytes that are only valid during the call. */
  readonly onBytes: (spec: ProcessSpec, channel: OutputChannelName, bytes: Uint8Array) => void;
  readonly warn: (message: string) => void;
}

export class LastingOutput {
  readonly pipe: LastingPipe;
  readonly #deps: BetweenAttempts;
  readonly #spec: ProcessSpec;
  readonly #channel: OutputChannelName;
  #between: OutputChannel | null = null;
  #attached = false;
  #isWatched = false;
  #forgotten = false;

  constructor(deps: BetweenAttempts, pipe: LastingPipe, spec: ProcessSpec, channel: OutputChannelName) {
    this.#deps = deps;
    this.pipe = pipe;
    this.#spec = spec;
    this.#channel = channel;
  }

  /** Gives the pipe to an attempt; what an earlier one has left in it is in the log before, if that can be written. */
  attach(): WatchedPipe {
    this.#endBetween('kept');
    this.#attached = true;
    return this.pipe.end;
  }

  /** From now on until the next attempt the pipe is watched here. */
  release(): void {
    this.#attached = false;
    this.#isWatched = true;
    if (this.#forgotten) this.#remove();
    else this.pipe.end.listen(() => this.#open());
  }

  /** Brings what is in the pipe to the log, and takes the pipe away; if an attempt has it, when that gives it back. */
  forget(): void {
    this.#forgotten = true;
    if (!this.#attached) this.#remove();
  }

  /** The same at the end of the daemon, but for the name of the pipe. */
  end(): void {
    if (this.#attached) {
      this.#forgotten = true;
      return;
    }
    this.#endBetween('lost');
    this.pipe.close();
  }

  /** Something has come between two attempts, as it does of few programs. */
  #open(): OutputChannel {
    const { stripAnsi, isFollowed, onBytes, warn } = this.#deps;
    const spec = this.#spec;
    const channel = this.#channel;
    const between = openOutputChannel({
      pipe: this.pipe.end,
      stripAnsi,
      target: openLater(this.#deps, spec, channel),
      isLookedAt: () => isFollowed(spec, channel),
      onBytes: (bytes) => onBytes(spec, channel, bytes),
      release: () => {},
      onProblem: warn,
    });
    this.#between = between;
    return between;
  }

  #remove(): void {
    this.#endBetween('lost');
    this.pipe.remove();
  }

  #endBetween(rest: 'lost' | 'kept'): void {
    if (!this.#isWatched) return;
    this.#isWatched = false;
    const { end } = this.pipe;
    const between = this.#between ?? (bytesWaiting(end.fd) > 0 ? this.#open() : null);
    this.#between = null;
    if (between === null) end.leave();
    else between.finish(rest);
  }
}
