/**
 * The log files of all processes: which file belongs to a channel, who writes to it now, and who follows its bytes. Files
 * with generated names are made when a group becomes active, so that clients can be told the name at once.
 */

import { existsSync } from 'node:fs';
import { createAutoLog } from '../logging/auto-logs.ts';
import { clearLogFile, type LogTarget, type LogTargetOptions, openLogTarget } from '../logging/log-target.ts';
import type { GroupSpec, ProcessSpec } from '../model/program-spec.ts';
import { takesFastPath } from '../os/fast-paths.ts';
import type { Failure } from '../os/os.ts';
import { errorCode, errorText } from '../os/system-error.ts';
import type { OutputChannelName } from './output-source.ts';
import { type PastOutput, type Written, WrittenCounts } from './written-counts.ts';

export interface ProcessLogsOptions {
  readonly childLogDir: string;
  readonly identifier: string;
  readonly onProblem: (message: string) => void;
}

type BytesListener = (bytes: Uint8Array) => void;

export class ProcessLogs {
  readonly #options: ProcessLogsOptions;
  readonly #rests = takesFastPath('resting-logs');
  readonly #autoPaths = new Map<string, string>();
  /** Generated files of an earlier daemon that have not been taken over yet. */
  readonly #expected = new Map<string, string>();
  readonly #open = new Set<LogTarget>();
  readonly #forget = (closed: LogTarget): void => {
    this.#open.delete(closed);
  };
  readonly #counts = new WrittenCounts();
  readonly #listeners = new Map<string, Set<BytesListener>>();

  constructor(options: ProcessLogsOptions) {
    this.#options = options;
  }

  /** Makes the files with generated names. One that cannot be made is tried again when its process is spawned. */
  prepare(group: GroupSpec): void {
    for (const spec of group.processes) {
      for (const channel of ['stdout', 'stderr'] as const) {
        if (logfileOf(spec, channel)?.kind !== 'auto') continue;
        try {
          this.#createAuto(spec, channel);
        } catch (error) {
          this.#options.onProblem(`cannot create a log file for '${spec.name}': ${errorText(error)}`);
        }
      }
    }
  }

  /** Lets a process go on with the generated files it had before this daemon; '' where it had none. */
  expect(spec: ProcessSpec, paths: { readonly stdout: string; readonly stderr: string }): void {
    for (const channel of ['stdout', 'stderr'] as const) {
      if (logfileOf(spec, channel)?.kind === 'auto' && existsSync(paths[channel])) {
        this.#expected.set(keyOf(spec, channel), paths[channel]);
      }
    }
  }

  /** The generated file of a channel; null when it has none, or none yet. */
  autoPath(spec: ProcessSpec, channel: OutputChannelName): string | null {
    return logfileOf(spec, channel)?.kind === 'auto' ? this.path(spec, channel) : null;
  }

  /** The file of a channel; null when it is not logged to a file, or the file could not be made yet. */
  path(spec: ProcessSpec, channel: OutputChannelName): string | null {
    const logfile = logfileOf(spec, channel);
    if (logfile === null || logfile.kind === 'none') return null;
    return logfile.kind === 'file' ? logfile.path : (this.#autoPaths.get(keyOf(spec, channel)) ?? null);
  }

  /** Opens the log for a process that is about to be spawned; null when there is none. */
  open(spec: ProcessSpec, channel: OutputChannelName): LogTarget | null | Failure {
    try {
      const path = this.#pathToOpen(spec, channel);
      if (path === null) return null;
      const target = openLogTarget(path, this.#limitsOf(spec, channel));
      const counted = this.#counts.counted(spec, channel, target, this.#forget);
      this.#open.add(counted);
      return counted;
    } catch (error) {
      return { error: errorCode(error) ?? errorText(error) };
    }
  }

  /** Removes and re-creates the file of a channel, for its present writer as well. Throws the system's error. */
  clear(spec: ProcessSpec, channel: OutputChannelName): void {
    const path = this.path(spec, channel);
    if (path === null) return;
    clearLogFile(path);
    this.#counts.cleared(path);
  }

  /** Bytes that the logs of a process have been given since the daemon's start; `of` is `group:process`. */
  written(of: string): Written {
    return this.#counts.of(of);
  }

  /** What the log of a channel was given between two of its counts. */
  writtenBetween(spec: ProcessSpec, channel: OutputChannelName, from: number, to: number): PastOutput {
    return this.#counts.between(spec, channel, from, to);
  }

  /** Opens the files of all running processes anew, after they were moved away. */
  reopenAll(): void {
    for (const target of this.#open) target.reopen();
  }

  /** Whether somebody follows the channel now. */
  isFollowed(spec: ProcessSpec, channel: OutputChannelName): boolean {
    // Asked for each piece of output, and mostly nobody follows anything: then no key is made.
    return this.#listeners.size > 0 && this.#listeners.has(keyOf(spec, channel));
  }

  /** Passes bytes on to those who follow the channel. */
  deliver(spec: ProcessSpec, channel: OutputChannelName, bytes: Uint8Array): void {
    for (const listener of this.#listeners.get(keyOf(spec, channel)) ?? []) listener(bytes);
  }

  /** Bytes of a channel from now on; valid only during the call. Returns the function that ends the subscription. */
  onBytes(spec: ProcessSpec, channel: OutputChannelName, listener: BytesListener): () => void {
    const key = keyOf(spec, channel);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    };
  }

  #pathToOpen(spec: ProcessSpec, channel: OutputChannelName): string | null {
    const logfile = logfileOf(spec, channel);
    if (logfile?.kind !== 'auto') return this.path(spec, channel);
    return this.path(spec, channel) ?? this.#createAuto(spec, channel);
  }

  #createAuto(spec: ProcessSpec, channel: OutputChannelName): string {
    const { childLogDir, identifier } = this.#options;
    const expected = this.#expected.get(keyOf(spec, channel));
    this.#expected.delete(keyOf(spec, channel));
    const path = expected ?? createAutoLog({ directory: childLogDir, process: spec.name, channel, identifier });
    this.#autoPaths.set(keyOf(spec, channel), path);
    return path;
  }

  #limitsOf(spec: ProcessSpec, channel: OutputChannelName): LogTargetOptions {
    const { maxBytes, backups } = spec[channel];
    return { maxBytes, backups, onProblem: this.#options.onProblem, rests: this.#rests };
  }
}

const keyOf = (spec: ProcessSpec, channel: OutputChannelName): string => `${spec.groupName}:${spec.name}:${channel}`;

/** null when the channel does not exist: stderr that goes down the stdout channel. */
const logfileOf = (spec: ProcessSpec, channel: OutputChannelName) =>
  channel === 'stderr' && spec.redirectStderr ? null : spec[channel].logfile;
