/** Output of programs on its way to files: as much as goes, and how long a single line takes. */

import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { FigureId } from '../figures.ts';
import { nowMs } from '../marks.ts';
import { cpuSeconds } from '../processes.ts';
import type { Rival } from '../rivals/rival.ts';
import { type Running, startRival } from '../running.ts';
import { median } from '../statistics.ts';
import type { Workshop } from '../workshop.ts';
import type { Effort, Measured, Workload } from './workload.ts';

const mebibyte = 1 << 20;
const gibibyte = 1 << 30;
const patienceMs = 120_000;
const stamps: Readonly<Record<Effort, number>> = { full: 400, quick: 200 };

interface Flood {
  readonly name: string;
  readonly about: string;
  readonly programs: number;
  readonly writeBytes: number;
  /** Of all programs together. */
  readonly totalBytes: Readonly<Record<Effort, number>>;
  readonly speed: FigureId;
  readonly cpu: FigureId;
}

const floods: readonly Flood[] = [
  {
    name: 'log-blocks',
    about: 'one program that writes 64 KiB at a time',
    programs: 1,
    writeBytes: 65_536,
    totalBytes: { full: 1024 * mebibyte, quick: 256 * mebibyte },
    speed: 'log-blocks',
    cpu: 'log-blocks-cpu',
  },
  {
    name: 'log-lines',
    about: 'one program that writes lines of 100 bytes',
    programs: 1,
    writeBytes: 100,
    totalBytes: { full: 256 * mebibyte, quick: 64 * mebibyte },
    speed: 'log-lines',
    cpu: 'log-lines-cpu',
  },
  {
    name: 'log-many',
    about: '20 programs that write 64 KiB at a time',
    programs: 20,
    writeBytes: 65_536,
    totalBytes: { full: 1280 * mebibyte, quick: 320 * mebibyte },
    speed: 'log-many',
    cpu: 'log-many-cpu',
  },
];

export const logs: readonly Workload[] = [
  ...floods.map(
    (flood): Workload => ({
      name: flood.name,
      about: flood.about,
      rounds: { full: 7, quick: 2 },
      takesPart: keepsLogs,
      measure: (workshop, rival, effort) => measureFlood(workshop, rival, flood, effort),
    }),
  ),
  {
    name: 'line',
    about: 'the time of a single line on its way into the file',
    rounds: { full: 5, quick: 1 },
    takesPart: keepsLogs,
    measure: measureLine,
  },
];

function keepsLogs({ keepsNoLogs }: Rival): boolean {
  return keepsNoLogs !== true;
}

async function measureFlood(workshop: Workshop, rival: Rival, flood: Flood, effort: Effort): Promise<Measured> {
  const writer = workshop.tool('writer');
  if (writer === undefined) return {};
  const { programs: count, writeBytes } = flood;
  // Whole writes: some loggers keep what has no line feed yet.
  const each = Math.floor(flood.totalBytes[effort] / count / writeBytes) * writeBytes;
  const total = each * count;
  const command = (fifo: string): readonly string[] => [writer, fifo, '%d', String(writeBytes), String(each)];
  const running = await startRival(workshop, rival, { count, command, isWritten: true });
  try {
    await pause(500);
    const own = running.ownProcesses();
    const cpuBefore = cpuSeconds(own);
    const at = nowMs();
    for (const { pid } of running.started) process.kill(pid, 'SIGUSR1');
    while (logBytes(running, count) < total) {
      if (nowMs() > at + patienceMs) throw new Error(`${logBytes(running, count)} of ${total} bytes came`);
      await pause(4);
    }
    const seconds = (nowMs() - at) / 1000;
    const cpu = cpuSeconds(own) - cpuBefore;
    return { [flood.speed]: [total / 1e6 / seconds], [flood.cpu]: [cpu / (total / gibibyte)] };
  } finally {
    await running.end();
  }
}

async function measureLine(workshop: Workshop, rival: Rival, effort: Effort): Promise<Measured> {
  const writer = workshop.tool('writer');
  const watcher = workshop.tool('watcher');
  if (writer === undefined || watcher === undefined) return {};
  const count = String(stamps[effort]);
  const command = (fifo: string): readonly string[] => [writer, fifo, '%d', 'stamps', count];
  const running = await startRival(workshop, rival, { count: 1, command, isWritten: true });
  try {
    await pause(500);
    const watching = promisify(execFile)(watcher, [running.plan.logFile(0), count], { maxBuffer: 10e6 });
    await pause(50);
    for (const { pid } of running.started) process.kill(pid, 'SIGUSR1');
    const { stdout } = await watching;
    return { 'line-p50': [median(stdout.trimEnd().split('\n').map(Number)) / 1000] };
  } finally {
    await running.end();
  }
}

/** Of a program's file, and of those beside it that a logger has begun before it. */
function logBytes({ plan }: Running, count: number): number {
  let total = 0;
  for (let index = 0; index < count; index += 1) {
    const path = plan.logFile(index);
    total += plan.logRotates ? folderBytes(dirname(path)) : statSync(path).size;
  }
  return total;
}

const folderBytes = (folder: string): number =>
  readdirSync(folder).reduce(
    (total, name) => total + (statSync(`${folder}/${name}`, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
