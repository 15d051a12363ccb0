/**
 * What the trace costs: CPU time of the daemon for a boot of many programs, and for programs that end and are started again
 * all the time, with and without it. Rounds alternate, so that a busy machine troubles both alike.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const rounds = Number(process.env.BENCH_ROUNDS ?? 7);
const programs = 500;
const flapping = 100;
const stormMs = 10_000;

/** Of `/proc/PID/stat`, on every Linux that Node runs on. */
const ticksPerSecond = 100;

const spawned = 'INFO spawned:';
const succeeded = 'INFO success:';

interface Workload {
  readonly name: string;
  readonly program: string;
  /** Resolves when the CPU time is to be read. */
  readonly until: (log: () => string) => Promise<void>;
}

const workloads: readonly Workload[] = [
  {
    name: `boot of ${programs} programs`,
    program: `command=/bin/sleep 1000\nnumprocs=${programs}\nstartsecs=1`,
    until: async (log) => {
      while (count(log(), succeeded) < programs) await sleep(100);
    },
  },
  {
    name: `${flapping} programs that end at once, for ${stormMs / 1000} s`,
    program: `command=/bin/true\nnumprocs=${flapping}\nstartsecs=0\nautorestart=true`,
    until: async (log) => {
      while (count(log(), spawned) < flapping) await sleep(50);
      await sleep(stormMs);
    },
  },
];

export async function benchTrace(): Promise<void> {
  for (const workload of workloads) {
    const without: number[] = [];
    const withTrace: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      without.push(await measure(workload, 0));
      withTrace.push(await measure(workload, 10_000));
    }
    const ratio = median(withTrace) / median(without);
    console.log(
      `${workload.name}: ${median(without).toFixed(2)} s of CPU without, ${median(withTrace).toFixed(2)} s with the trace ` +
        `(${((ratio - 1) * 100).toFixed(1)} %); without ${shown(without)}, with ${shown(withTrace)}`,
    );
  }
}

/** Seconds of CPU that the daemon has taken. */
async function measure({ program, until }: Workload, traceSize: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-bench-'));
  const logPath = join(folder, 'd.log');
  const config = [
    `[supervisord]\nlogfile=${logPath}\nlogfile_maxbytes=0\npidfile=${folder}/pid\nchildlogdir=${folder}`,
    `runtime_dir=${folder}/run\nminfds=4096\ntrace_size=${traceSize}`,
    `[program:p]\nprocess_name=%(process_num)d\nstdout_logfile=NONE\nstderr_logfile=NONE\n${program}`,
  ];
  writeFileSync(join(folder, 'conf'), `${config.join('\n')}\n`);
  const daemon = spawn('dist/supervisord.js', ['-n', '-s', '-c', join(folder, 'conf')], { stdio: 'ignore' });
  try {
    while (!hasFile(logPath)) await sleep(20);
    await until(() => readFileSync(logPath, 'utf8'));
    return cpuSeconds(daemon);
  } finally {
    daemon.kill();
    await new Promise((resolve) => daemon.once('exit', resolve));
    rmSync(folder, { recursive: true });
  }
}

function cpuSeconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function hasFile(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

const count = (text: string, word: string): number => text.split(word).length - 1;

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

const shown = (values: readonly number[]): string => values.map((value) => value.toFixed(2)).join(' ');
