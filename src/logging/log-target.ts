/**
 * One log of one writer. Several targets may name the same file, as the processes of a program often do, or all of a
 * container's programs with /dev/stdout: they share one sink, so that a rotation concerns all and bytes stay in order.
 */

import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { FileSink } from './file-sink.ts';
import type { LogSink, ReportProblem, RotationLimits, Taken } from './log-sink.ts';
import { RestingSink } from './resting-sink.ts';
import { meaningOf } from './stream-connection.ts';
import { StreamSink } from './stream-sink.ts';

export interface LogTarget {
  /** As it was given. */
  readonly path: string;
  /**
   * Takes all of `bytes`, which may be changed afterwards. False asks to send no more until `onDrain` has called; what
   * is sent all the same is taken, in order. Never throws.
   */
  write(bytes: Uint8Array): boolean;
  /** Takes up to `count` bytes from the front of a pipe, in one step: a killed daemon has taken them or left them. */
  take(pipeFd: number, count: number): Taken;
  /** Whether bytes get now to where they belong; see `LogSink`. */
  isWritable(): boolean;
  /** Calls `listener` once, when there is room again after `write` has returned false. Not after `close`. */
  onDrain(listener: () => void): void;
  /** Opens the file anew, as after a rotation by someone else. Reports, and goes on with the old file, if it cannot. */
  reopen(): void;
  /** Removes the file and creates it anew; pipes and devices are left alone. Throws the system's error. */
  clear(): void;
  /** Ends this target; what was written before still gets out. What is written afterwards is ignored. */
  close(): void;
}

export interface LogTargetOptions extends RotationLimits {
  readonly onProblem: ReportProblem;
  /** Whether a file may be closed until there are bytes for it. */
  readonly rests?: boolean;
}

interface SharedSink {
  readonly sink: LogSink;
  users: number;
}

const defaultPatienceMs = 5000;

const openSinks = new Map<string, SharedSink>();

/**
 * Opens a log for appending, creating it if need be. `/dev/stdout` and its like mean the daemon's own descriptors,
 * whatever they are. Only regular files are rotated, whatever the limits say.
 *
 * @throws The system's error when it cannot be opened.
 */
export function openLogTarget(path: string, options: LogTargetOptions): LogTarget {
  return new TargetOfSink(path, options);
}

/** A class, and no object of functions: there are two of them for each program, and most are never used. */
class TargetOfSink implements LogTarget {
  readonly path: string;
  readonly #options: LogTargetOptions;
  readonly #key: string;
  readonly #shared: SharedSink;
  #open = true;

  constructor(path: string, options: LogTargetOptions) {
    this.path = path;
    this.#options = options;
    const { key, shared } = acquire(path, options);
    this.#key = key;
    this.#shared = shared;
  }

  write(bytes: Uint8Array): boolean {
    return !this.#open || this.#shared.sink.write(bytes, this.#options);
  }

  take(pipeFd: number, count: number): Taken {
    return this.#open ? this.#shared.sink.take(pipeFd, count, this.#options) : 'refused';
  }

  isWritable(): boolean {
    return this.#shared.sink.isWritable();
  }

  onDrain(listener: () => void): void {
    this.#shared.sink.onDrain(() => {
      if (this.#open) listener();
    });
  }

  reopen(): void {
    this.#shared.sink.reopen();
  }

  clear(): void {
    this.#shared.sink.clear();
  }

  close(): void {
    if (this.#open) release(this.#key, this.#shared);
    this.#open = false;
  }
}

/**
 * Removes a log file and creates it anew with the same permissions, for its present writers as well.
 *
 * @throws The system's error when the file cannot be removed or created.
 */
export function clearLogFile(path: string): void {
  const target = openLogTarget(path, { maxBytes: 0, backups: 0, onProblem: () => {} });
  try {
    target.clear();
  } finally {
    target.close();
  }
}

/**
 * Resolves when all logs, including those closed meanwhile, have written what they were given: a pipe's reader may need
 * time. It may also have stopped for ever, so no longer than `patienceMs` is waited.
 *
 * @returns Whether everything is written.
 */
export async function allLogsWritten(patienceMs = defaultPatienceMs): Promise<boolean> {
  const written = [...openSinks.values()].map(({ sink }) => new Promise<void>((done) => sink.onceWritten(done)));
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<false>((done) => {
    timer = setTimeout(() => done(false), patienceMs);
  });
  const outcome = await Promise.race([Promise.all(written).then(() => true), patience]);
  clearTimeout(timer);
  return outcome;
}

function acquire(path: string, options: LogTargetOptions): { key: string; shared: SharedSink } {
  const meaning = meaningOfLog(path);
  const key = typeof meaning === 'number' ? `descriptor ${meaning}` : fileKey(path);
  const shared = openSinks.get(key) ?? { sink: openSink(path, meaning, options), users: 0 };
  shared.users += 1;
  openSinks.set(key, shared);
  return { key, shared };
}

/** A log that others have open already can be written to even if its path cannot be looked at any more. */
function meaningOfLog(path: string): Meaning {
  try {
    return meaningOf(path);
  } catch (error) {
    if (openSinks.has(fileKey(path))) return 'file';
    throw error;
  }
}

function release(key: string, shared: SharedSink): void {
  shared.users -= 1;
  if (shared.users > 0) return;
  shared.sink.onceWritten(() => {
    // Someone may have opened it again while the rest was written, and even have closed it.
    if (shared.users > 0 || openSinks.get(key) !== shared) return;
    openSinks.delete(key);
    shared.sink.close();
  });
}

/** Different spellings of a path give the same key. A link to a file is a file of its own: rotation renames the link. */
function fileKey(path: string): string {
  const absolute = resolve(path);
  const folder = dirname(absolute);
  const real = realFolder(folder);
  const key = join(real, basename(absolute));
  // As a rule the path is what it should be, and then there is no need for another string.
  return key === path ? path : key;
}

/**
 * Real folders by folder, for as long as nothing else gets a turn: the logs of a thousand programs that are started at once
 * are in one folder, as a rule.
 */
const realFolders = new Map<string, string>();

function realFolder(folder: string): string {
  const known = realFolders.get(folder);
  if (known !== undefined) return known;
  try {
    // The system's own: Node's looks at each folder on the way by itself.
    const real = realpathSync.native(folder);
    if (realFolders.size === 0) queueMicrotask(() => realFolders.clear());
    realFolders.set(folder, real);
    return real;
  } catch {
    return folder;
  }
}

type Meaning = ReturnType<typeof meaningOf>;

function openSink(path: string, meaning: Meaning, { onProblem, rests }: LogTargetOptions): LogSink {
  // Later, because the report may well be written to the very log that it is about.
  const report: ReportProblem = (message) => queueMicrotask(() => onProblem(message));
  const openAs = (as: Meaning): LogSink =>
    as === 'file'
      ? new FileSink({ path, report })
      : new StreamSink({
          address: as === 'stream' ? { kind: 'path', path } : { kind: 'descriptor', fd: as },
          path,
          report,
        });
  if (meaning !== 'file' || rests !== true) return openAs(meaning);
  return new RestingSink({ path, report, open: () => openAs(meaningOf(path)) });
}
