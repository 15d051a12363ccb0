/**
 * A regular log file: appended to, rotated by size, and looked after. A full disk, a removed file or a refused
 * rotation never reaches the writer as an error; it is reported once, and once more when it is over.
 */

import { closeSync, fchmodSync, fstatSync, ftruncateSync, openSync, type Stats, unlinkSync, writeSync } from 'node:fs';
import { moveBytes, seekEnd, setAppending } from '../os/fifo.ts';
import { errorCode, errorText, textOfCode } from '../os/system-error.ts';
import { HeldBytes } from './held-bytes.ts';
import type { LogSink, ReportProblem, RotationLimits, Taken } from './log-sink.ts';
import { OutageReport } from './outage-report.ts';
import { shiftBackups } from './rotation.ts';

/** Milliseconds between two looks at whether the file still has its name, and between two attempts to recover. */
const defaultLookEveryMs = 1000;

/** Most that is taken at once into a file that is rotated, and so the most that it can grow beyond its limit. */
const takenBeforeRotationBytes = 128 * 1024;

/** Milliseconds for which bytes are read after taking them has been refused, or somebody else has written to the file. */
const refuseForMs = 10_000;

/** Refusals that hold for writing in any way. */
const noRoomCodes: readonly string[] = ['ENOSPC', 'EDQUOT', 'EIO'];

/** Looks at the file within which another refusal to write belongs to the one before. */
const calmLooks = 60;

type Trouble = 'open' | 'rotate';
const noTrouble: readonly Trouble[] = [];

export interface FileSinkOptions {
  readonly path: string;
  readonly report: ReportProblem;
  /** Shorter in tests; see `defaultLookEveryMs`. */
  readonly lookEveryMs?: number;
}

export class FileSink implements LogSink {
  readonly #path: string;
  readonly #report: ReportProblem;
  readonly #lookEveryMs: number;
  readonly #held = new HeldBytes();
  readonly #outage: OutageReport;
  #fd: number;
  /** As the descriptor is set: what is written needs it, what is taken from pipes forbids it. */
  #appending = true;
  /** Until then, by the steady clock, nothing is taken from pipes. */
  #refusesUntil = 0;
  /** Our count of the file's bytes; corrected at every look, for others may truncate or append. */
  #size: number;
  #lookedAt: number;
  /** After a refused rotation the next attempt waits for this size. */
  #rotateFromBytes = 0;
  /** A refused opening or rotation has been reported and is not over yet. */
  #troubles: readonly Trouble[] = noTrouble;
  #recovery: NodeJS.Timeout | undefined;
  /** During an outage, when nothing is held: only more bytes can show whether it is over. */
  #awaitsAttempt = false;

  /** Throws the system's error when the file cannot be opened. */
  constructor({ path, report, lookEveryMs = defaultLookEveryMs }: FileSinkOptions) {
    this.#path = path;
    this.#report = report;
    this.#lookEveryMs = lookEveryMs;
    this.#outage = new OutageReport({ path, report, calmMs: calmLooks * lookEveryMs });
    this.#fd = openSync(path, 'a');
    this.#size = fstatSync(this.#fd).size;
    this.#lookedAt = performance.now();
  }

  write(bytes: Uint8Array, limits: RotationLimits): boolean {
    if (performance.now() - this.#lookedAt >= this.#lookEveryMs) this.#look();
    const written = this.#flush() ? this.#append(bytes) : 0;
    if (written < bytes.length) this.#held.add(bytes.subarray(written));
    else if (written > 0) this.#recovered(0);
    this.#rotateIfDue(limits);
    return true;
  }

  take(pipeFd: number, count: number, limits: RotationLimits): Taken {
    const now = performance.now();
    if (now - this.#lookedAt >= this.#lookEveryMs) this.#look();
    if (!this.isWritable() || now < this.#refusesUntil) return 'refused';
    try {
      if (this.#appending) this.#setAppending(false);
      const end = seekEnd(this.#fd);
      // Bytes that somebody else adds between our looking for the end and our writing would be overwritten.
      if (end > this.#size) return this.#refuse(now);
      this.#size = end;
    } catch {
      return this.#refuse(now);
    }
    const moved = moveBytes(pipeFd, this.#fd, limits.maxBytes > 0 ? Math.min(count, takenBeforeRotationBytes) : count);
    if (typeof moved === 'number') {
      this.#size += moved;
      this.#recovered(0);
      this.#rotateIfDue(limits);
      return moved;
    }
    if (typeof moved === 'string') return moved;
    if (noRoomCodes.includes(moved.error)) {
      this.#fail(textOfCode(moved.error));
      return 'refused';
    }
    // Writing meets the same error and says so, or knows nothing of it, as where only this way is missing.
    return this.#refuse(now);
  }

  isWritable(): boolean {
    return this.#recovery === undefined || this.#awaitsAttempt;
  }

  onDrain(listener: () => void): void {
    listener();
  }

  onceWritten(listener: () => void): void {
    listener();
  }

  reopen(): void {
    try {
      this.#openAgain();
      this.#over('open');
    } catch (error) {
      this.#trouble('open', `cannot open log '${this.#path}' again, writing to the old file: ${errorText(error)}`);
    }
  }

  clear(): void {
    try {
      unlinkSync(this.#path);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
    this.#held.clear();
    this.#endRecovery();
    this.#outage.forget();
    this.#openAgain();
    this.#over('open');
  }

  close(): void {
    this.#flush();
    this.#endRecovery();
    this.#outage.closed(this.#held.length + this.#held.lost);
    closeQuietly(this.#fd);
  }

  #refuse(now: number): 'refused' {
    this.#refusesUntil = now + refuseForMs;
    return 'refused';
  }

  #setAppending(appending: boolean): void {
    setAppending(this.#fd, appending);
    this.#appending = appending;
  }

  #rotateIfDue(limits: RotationLimits): void {
    if (limits.maxBytes > 0 && this.#size >= Math.max(limits.maxBytes, this.#rotateFromBytes)) this.#rotate(limits);
  }

  /** Appends what the system takes, and says how much. The first refusal is reported. */
  #append(bytes: Uint8Array): number {
    let written = 0;
    try {
      if (!this.#appending) this.#setAppending(true);
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
    } catch (error) {
      this.#fail(errorText(error));
    }
    this.#size += written;
    return written;
  }

  /** The system takes no bytes. */
  #fail(reason: string): void {
    this.#awaitsAttempt = false;
    if (this.#recovery !== undefined) return;
    this.#recovery = setInterval(() => this.#look(), Math.max(1, this.#lookEveryMs)).unref();
    this.#outage.began(reason);
  }

  /** Bytes have been taken, so that an outage is over. */
  #recovered(lostBytes: number): void {
    if (this.#recovery === undefined) return;
    this.#endRecovery();
    this.#outage.ended(lostBytes);
  }

  /** Writes what is held, if anything; true when nothing is held any more. */
  #flush(): boolean {
    const { lost, length } = this.#held;
    if (length + lost === 0) return true;
    if (!this.#held.drain((bytes) => this.#append(bytes))) return false;
    this.#held.clear();
    this.#recovered(lost);
    return true;
  }

  #endRecovery(): void {
    clearInterval(this.#recovery);
    this.#recovery = undefined;
    this.#awaitsAttempt = false;
  }

  /** Finds out what has become of the file: it may have been removed, truncated, or be writable again. */
  #look(): void {
    this.#lookedAt = performance.now();
    const status = statusOf(this.#fd);
    if (status !== null && status.size > this.#size) this.#refuse(this.#lookedAt);
    this.#size = status?.size ?? this.#size;
    const removed = status?.nlink === 0;
    const refused = this.#troubles.includes('open');
    // A new descriptor also helps where the old one is of no use any more, as after a network file system's restart.
    if (removed || status === null || refused || this.#recovery !== undefined) {
      this.reopen();
      const created = removed && !refused && !this.#troubles.includes('open');
      if (created) this.#report(`log '${this.#path}' was removed; it is created again`);
    }
    if (this.#flush()) this.#awaitsAttempt = this.#recovery !== undefined;
  }

  #rotate({ maxBytes, backups }: RotationLimits): void {
    try {
      const status = fstatSync(this.#fd);
      this.#size = status.size;
      if (status.size < maxBytes) return;
      if (backups === 0 && status.nlink > 0) {
        ftruncateSync(this.#fd);
        this.#size = 0;
      } else {
        if (status.nlink > 0) shiftBackups(this.#path, backups);
        this.reopen();
      }
      this.#over('rotate');
      this.#rotateFromBytes = this.#troubles.includes('open') ? this.#size + maxBytes : 0;
    } catch (error) {
      this.#rotateFromBytes = this.#size + maxBytes;
      this.#trouble('rotate', `cannot rotate log '${this.#path}': ${errorText(error)}`);
    }
  }

  /** Opens the path, creating the file with the permissions it had. Throws, and keeps the old descriptor, if it cannot. */
  #openAgain(): void {
    const fd = openOrCreate(this.#path, statusOf(this.#fd)?.mode ?? 0o666);
    closeQuietly(this.#fd);
    this.#fd = fd;
    this.#appending = true;
    this.#size = fstatSync(fd).size;
  }

  #trouble(kind: Trouble, message: string): void {
    if (this.#troubles.includes(kind)) return;
    this.#troubles = [...this.#troubles, kind];
    this.#report(message);
  }

  #over(kind: Trouble): void {
    if (!this.#troubles.includes(kind)) return;
    this.#troubles = this.#troubles.filter((other) => other !== kind);
    this.#report(`log '${this.#path}' can be ${kind === 'open' ? 'opened' : 'rotated'} again`);
  }
}

/** Appends to an existing file as it is; a new one gets exactly the permission bits of `mode`, whatever the umask. */
export function openOrCreate(path: string, mode: number): number {
  try {
    const fd = openSync(path, 'ax', mode & 0o777);
    fchmodSync(fd, mode & 0o777);
    return fd;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return openSync(path, 'a');
  }
}

/** null where even that fails, as on a network file system whose server has forgotten the file. */
function statusOf(fd: number): Stats | null {
  try {
    return fstatSync(fd);
  } catch {
    return null;
  }
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // What close reports concerns writes that were accepted long ago; the descriptor is gone all the same.
  }
}
