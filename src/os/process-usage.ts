/**
 * What programs use of the machine: CPU time and resident memory of each with all its descendants, from /proc. A few small
 * files are read for each process, only when somebody asks; nothing is kept but the last reading.
 */

import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import type { ProcessUsage } from '../model/trace.ts';

export interface UsageMeter {
  /**
   * Of each of these programs since the last call, by pid; those that have ended are missing. With the first reading of a
   * program its share of a CPU is 0, for nothing is known yet to compare with.
   */
  read(pids: readonly number[]): ReadonlyMap<number, ProcessUsage>;
}

interface Reading {
  readonly startTicks: number;
  /** Of all its descendants, those that have ended included. */
  readonly ticks: number;
  /** Milliseconds that never jump. */
  readonly at: number;
}

interface ProcessNumbers {
  readonly ticks: number;
  readonly pages: number;
  readonly threads: number;
  readonly startTicks: number;
}

/** Any thread may have started children; those of the threads beyond so many are not looked for. */
const mostThreads = 16;

/** Of one program: a fork bomb must not hold the daemon up. */
const mostDescendants = 1000;

/** @param steady - milliseconds that never jump. */
export function createUsageMeter(steady: () => number = () => performance.now()): UsageMeter {
  let last: ReadonlyMap<number, Reading> = new Map();
  return {
    read: (pids) => {
      const readings = new Map<number, Reading>();
      const usage = new Map<number, ProcessUsage>();
      const { ticksPerSecond, pageBytes } = systemUnits();
      for (const pid of pids) {
        const found = readTree(pid);
        if (found === null) continue;
        const { startTicks, ticks } = found;
        const reading = { startTicks, ticks, at: steady() };
        readings.set(pid, reading);
        usage.set(pid, { cpu: shareOf(last.get(pid), reading, ticksPerSecond), memory: found.pages * pageBytes });
      }
      last = readings;
      return usage;
    },
  };
}

/** Descendants that leave the tree take their time with them: less than before counts as none. */
function shareOf(before: Reading | undefined, now: Reading, ticksPerSecond: number): number {
  if (before === undefined || before.startTicks !== now.startTicks || now.at <= before.at) return 0;
  const seconds = (now.at - before.at) / 1000;
  const share = Math.max(0, now.ticks - before.ticks) / ticksPerSecond / seconds;
  return Math.round(share * 1000) / 1000;
}

/** The sums of a process and its descendants; null when it has ended. */
function readTree(pid: number): Pick<ProcessNumbers, 'startTicks' | 'ticks' | 'pages'> | null {
  const root = readNumbers(pid);
  if (root === null) return null;
  let { ticks, pages } = root;
  const pending = childrenOf(pid, root.threads);
  for (let seen = 0; pending.length > 0 && seen < mostDescendants; seen += 1) {
    const child = pending.pop() ?? 0;
    const numbers = readNumbers(child);
    if (numbers === null) continue;
    ticks += numbers.ticks;
    pages += numbers.pages;
    pending.push(...childrenOf(child, numbers.threads));
  }
  return { startTicks: root.startTicks, ticks, pages };
}

/** `ticks` includes those of children that were collected, so that a loop of short commands counts. */
function readNumbers(pid: number): ProcessNumbers | null {
  const text = readSmall(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name stands in parentheses and may hold anything, parentheses and blanks included.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number): number => Number(fields[index] ?? 0);
  return {
    ticks: number(11) + number(12) + number(13) + number(14),
    threads: number(17),
    startTicks: number(19),
    pages: number(21),
  };
}

function childrenOf(pid: number, threads: number): number[] {
  const main = `/proc/${pid}/task/${pid}/children`;
  if (threads <= 1) return numbersIn(readSmall(main));
  let ids: readonly string[];
  try {
    ids = readdirSync(`/proc/${pid}/task`).slice(0, mostThreads);
  } catch {
    return [];
  }
  return ids.flatMap((id) => numbersIn(readSmall(`/proc/${pid}/task/${id}/children`)));
}

const numbersIn = (text: string | null): number[] =>
  text === null ? [] : text.split(' ').flatMap((word) => (/^\d+$/.test(word) ? [Number(word)] : []));

const buffer = Buffer.allocUnsafe(64 * 1024);

/** Files of /proc are read in one go: what they say may change between two. */
function readSmall(path: string): string | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, 'r');
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0)).trimEnd();
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

interface SystemUnits {
  readonly ticksPerSecond: number;
  readonly pageBytes: number;
}

let units: SystemUnits | null = null;

/** Keys of the auxiliary vector, which the kernel gives to each program. */
const auxiliary = { pageBytes: 6n, ticksPerSecond: 17n } as const;

function systemUnits(): SystemUnits {
  units ??= readUnits();
  return units;
}

function readUnits(): SystemUnits {
  const found = new Map<bigint, number>();
  try {
    const vector = readFileSync('/proc/self/auxv');
    const word = (offset: number): bigint =>
      endianness() === 'LE' ? vector.readBigUInt64LE(offset) : vector.readBigUInt64BE(offset);
    for (let at = 0; at + 16 <= vector.length; at += 16) found.set(word(at), Number(word(at + 8)));
  } catch {
    // What nearly every system has.
  }
  return {
    pageBytes: found.get(auxiliary.pageBytes) ?? 4096,
    ticksPerSecond: found.get(auxiliary.ticksPerSecond) ?? 100,
  };
}
