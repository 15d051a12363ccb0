/**
 * How many bytes the log of each channel has been given, and what those between two counts were, as far as the file and
 * its backups still hold them. Nothing is kept but the counts.
 */

import { filesOf, readRange } from '../logging/log-position.ts';
import type { Taken } from '../logging/log-sink.ts';
import type { LogTarget } from '../logging/log-target.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { OutputChannelName } from './output-source.ts';

export interface Written {
  readonly stdout: number;
  readonly stderr: number;
}

export interface PastOutput {
  /** False when they are not there any more, or cannot be told from those of others. */
  readonly available: boolean;
  /** The counts they lie between: fewer than were asked for where they are too many. */
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

interface Count {
  bytes: number;
  path: string;
  /** The count at which its file was last begun anew. */
  clearedAt: number;
}

type Counts = Record<OutputChannelName, Count> & { told: Written };

const nothingWritten: Written = Object.freeze({ stdout: 0, stderr: 0 });

/** Most that is read at once: the end of what was asked for. */
const mostBytes = 256 * 1024;

const nothing = new Uint8Array(0);

class CountedTarget implements LogTarget {
  readonly path: string;
  readonly #target: LogTarget;
  readonly #count: Count;
  readonly #counts: Pick<WrittenCounts, 'cleared'>;
  readonly #onClose: (closed: LogTarget) => void;

  constructor(
    target: LogTarget,
    count: Count,
    counts: Pick<WrittenCounts, 'cleared'>,
    onClose: (closed: LogTarget) => void,
  ) {
    this.path = target.path;
    this.#target = target;
    this.#count = count;
    this.#counts = counts;
    this.#onClose = onClose;
  }

  write(bytes: Uint8Array): boolean {
    this.#count.bytes += bytes.length;
    return this.#target.write(bytes);
  }

  take(pipeFd: number, most: number): Taken {
    const taken = this.#target.take(pipeFd, most);
    if (typeof taken === 'number') this.#count.bytes += taken;
    return taken;
  }

  isWritable(): boolean {
    return this.#target.isWritable();
  }

  onDrain(listener: () => void): void {
    this.#target.onDrain(listener);
  }

  reopen(): void {
    this.#target.reopen();
  }

  clear(): void {
    this.#target.clear();
    this.#counts.cleared(this.path);
  }

  close(): void {
    this.#onClose(this);
    this.#target.close();
  }
}

export class WrittenCounts {
  readonly #counts = new Map<string, Counts>();
  /** Those of each file: to clear one log is no reason to look at all. */
  readonly #ofPath = new Map<string, readonly Count[]>();

  /** The same log, counting. `onClose` is told of it when it is closed. */
  counted(
    spec: ProcessSpec,
    channel: OutputChannelName,
    target: LogTarget,
    onClose: (counted: LogTarget) => void = () => {},
  ): LogTarget {
    const count = this.#countOf(`${spec.groupName}:${spec.name}`, channel);
    this.#setPath(count, target.path);
    return new CountedTarget(target, count, this, onClose);
  }

  /** The same object as long as nothing is written, for it is asked for all the time and kept. */
  of(process: string): Written {
    const counts = this.#counts.get(process);
    if (counts === undefined) return nothingWritten;
    const { stdout, stderr, told } = counts;
    if (told.stdout !== stdout.bytes || told.stderr !== stderr.bytes)
      counts.told = { stdout: stdout.bytes, stderr: stderr.bytes };
    return counts.told;
  }

  cleared(path: string): void {
    for (const count of this.#ofPath.get(path) ?? []) count.clearedAt = count.bytes;
  }

  between(spec: ProcessSpec, channel: OutputChannelName, from: number, to: number): PastOutput {
    const count = this.#countOf(`${spec.groupName}:${spec.name}`, channel);
    const end = Math.min(to, count.bytes);
    const begin = Math.max(from, end - mostBytes);
    if (begin >= end) return { available: from <= to && to <= count.bytes, from, to: from, bytes: nothing };
    const missing: PastOutput = { available: false, from: begin, to: end, bytes: nothing };
    const isShared = (this.#ofPath.get(count.path) ?? []).some((other) => other !== count);
    if (isShared || begin < count.clearedAt) return missing;
    const bytes = readBack(count.path, count.bytes - end, end - begin);
    return bytes.length === end - begin ? { ...missing, available: true, bytes } : missing;
  }

  #setPath(count: Count, path: string): void {
    if (count.path === path) return;
    const others = (this.#ofPath.get(count.path) ?? []).filter((other) => other !== count);
    if (others.length > 0) this.#ofPath.set(count.path, others);
    else this.#ofPath.delete(count.path);
    count.path = path;
    this.#ofPath.set(path, [...(this.#ofPath.get(path) ?? []), count]);
  }

  #countOf(process: string, channel: OutputChannelName): Count {
    const counts = this.#counts.get(process) ?? { stdout: begin(), stderr: begin(), told: nothingWritten };
    this.#counts.set(process, counts);
    return counts[channel];
  }
}

const begin = (): Count => ({ bytes: 0, path: '', clearedAt: 0 });

/** `length` bytes of a log and its backups that end so many bytes before its present end; fewer where they are gone. */
function readBack(path: string, beforeEnd: number, length: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let skip = beforeEnd;
  let wanted = length;
  for (const { name, size } of [...filesOf(path)].reverse()) {
    if (wanted === 0) break;
    const to = Math.max(0, size - skip);
    const from = Math.max(0, to - wanted);
    skip = Math.max(0, skip - size);
    if (to === 0) continue;
    const bytes = readRange(name, from, to);
    parts.unshift(bytes);
    if (bytes.length < to - from) break;
    wanted -= bytes.length;
  }
  return Buffer.concat(parts);
}
