/**
 * What a log can be written to. A sink stands for one file, pipe or device and is shared by every log that names it;
 * it never throws at its writers and never makes them wait: trouble is reported once, in words.
 */

/**
 * Receives one sentence when something goes wrong with a log, and one when it is right again. A sink calls it in the
 * middle of its work, so it must not write to that same sink before it returns.
 */
export type ReportProblem = (message: string) => void;

export interface RotationLimits {
  /** A file is rotated when it has reached this size in bytes; 0 = never. */
  readonly maxBytes: number;
  /** How many rotated files `path.1`, `path.2` … are kept; 0 = the file is emptied instead. */
  readonly backups: number;
}

/**
 * What taking bytes out of a pipe came to: how many were taken; `empty`: there are none now; `ended`: there are none and
 * nobody can write any more. Otherwise they are still in the pipe. `full`: there is no room for them; a few that are
 * written all the same wait, and `onDrain` tells when they are gone. `refused`: they have to be read and written.
 */
export type Taken = number | 'empty' | 'ended' | 'full' | 'refused';

export interface LogSink {
  /**
   * Takes all of `bytes`, which may be changed by their owner afterwards. False asks the writer to send no more until
   * `onDrain` has called.
   */
  write(bytes: Uint8Array, limits: RotationLimits): boolean;
  /** Takes up to `count` bytes from the front of a pipe, in one step: a killed daemon has taken them or left them. */
  take(pipeFd: number, count: number, limits: RotationLimits): Taken;
  /**
   * Whether bytes get now to where they belong. If not, as on a full disk, they had better stay where they are, for only
   * few can be held; it will be true again by itself, if only for another attempt.
   */
  isWritable(): boolean;
  /** Calls `listener` once, when there is room again after `write` has returned false. */
  onDrain(listener: () => void): void;
  /** Opens the path anew, as after a rotation by someone else. Reports, and goes on with the old file, if it cannot. */
  reopen(): void;
  /** Removes the file and creates it anew. Throws the system's error. */
  clear(): void;
  /** Calls `listener` once everything taken so far is written; at once if that is already so. */
  onceWritten(listener: () => void): void;
  /** Closes what the sink itself has opened. Nothing may be written afterwards. */
  close(): void;
}
