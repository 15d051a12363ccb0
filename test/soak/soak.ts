/** A soak: one daemon through all phases, looked at all the while. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import { startDaemon } from '../helpers/daemon.ts';
import { freePort } from '../helpers/free-port.ts';
import { openDescriptors } from '../helpers/process-table.ts';
import { pause, waitFor } from '../helpers/wait.ts';
import { type Comparison, compareEnds, growthOf, lookAt, type Sample } from './measure.ts';
import { observedProcess, type PhaseName, phases, sizeOfLogs, soakConfiguration, wholeAmounts } from './phases.ts';
import { watchDuring } from './watch-during.ts';

export interface SoakOptions {
  readonly phases: readonly PhaseName[];
  /** Share of the whole amounts: 1 is all of it. */
  readonly scale: number;
}

export interface PhaseReport {
  readonly phase: PhaseName;
  readonly amount: number;
  readonly seconds: number;
  readonly samples: number;
  readonly comparison: Comparison;
  readonly findings: readonly string[];
}

/** Enough of each that everything has been opened once; a long phase is warmed up with a share of its amount. */
const smallestWarmUp: Readonly<Record<PhaseName, number>> = { restarts: 40, clients: 12, logs: 1024 * 1024 };
const warmUpShare = 0.2;

const warmUpAmount = (phase: PhaseName, amount: number): number =>
  Math.max(smallestWarmUp[phase], Math.round(amount * warmUpShare));

export async function soak(options: SoakOptions, onReport: (report: PhaseReport) => void): Promise<void> {
  // In memory, so that ten gigabytes of logs cost the disk nothing.
  const logFolder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'statevisor-soak-'));
  try {
    const port = await freePort();
    await using daemon = await startDaemon({ config: soakConfiguration(port, logFolder) });
    const client = connectMsgpack({ path: daemon.sandbox.path('supervisor.sock'), username: null, password: null });
    await waitFor('all programs', () => daemon.children().length >= 20);
    await client.call('supervisor.getState');
    const amounts = options.phases.map(
      (phase) => [phase, Math.max(1, Math.round(wholeAmounts[phase] * options.scale))] as const,
    );
    // What is opened with the first use stays open, and a heap has its size only after some work: that is no growth.
    for (const [phase, amount] of amounts) {
      await phases[phase]({ daemon, port, amount: warmUpAmount(phase, amount), logFolder, onProgress: () => {} });
    }
    for (const [phase, amount] of amounts) {
      const before = await restingDescriptors(daemon.pid);
      const samples: Sample[] = [];
      const start = performance.now();
      let progress = 0;
      const look = async (): Promise<void> => {
        const begun = performance.now();
        await client.call('supervisor.getProcessInfo', observedProcess);
        samples.push({ progress, latencyMs: performance.now() - begun, ...lookAt(daemon.pid) });
      };
      await look();
      const work = phases[phase]({
        daemon,
        port,
        amount,
        logFolder,
        onProgress: (value) => {
          progress = value;
        },
      });
      await watchDuring(work, look);
      progress = 1;
      await look();
      const after = await restingDescriptors(daemon.pid, before);
      const comparison = compareEnds(samples);
      const findings = [...growthOf(comparison)];
      if (after.length > before.length) {
        const known = new Set(before);
        const added = after.filter((target) => !known.has(target));
        findings.push(`descriptors have grown from ${before.length} to ${after.length}: ${added.join(', ')}`);
      }
      if (phase === 'logs' && sizeOfLogs(logFolder) > largestLogs) findings.push('the logs have outgrown their bounds');
      const seconds = (performance.now() - start) / 1000;
      onReport({ phase, amount, seconds, samples: samples.length, comparison, findings });
    }
    client.close();
  } finally {
    rmSync(logFolder, { recursive: true, force: true });
  }
}

/** Four logs of ten megabytes with two backups each, and what is written before a rotation. */
const largestLogs = 4 * 3 * 12 * 1024 * 1024;

/**
 * What the daemon has open once nothing moves: connections that have been left are closed a moment later. Waits longer for
 * no more than `before`.
 */
async function restingDescriptors(pid: number, before: readonly string[] | null = null): Promise<readonly string[]> {
  const deadline = performance.now() + 30_000;
  let last: readonly string[] = [];
  for (let calm = 0; performance.now() < deadline; ) {
    const present = Object.values(openDescriptors(pid));
    calm = present.length === last.length ? calm + 1 : 0;
    last = present;
    if (calm >= 5 && present.length <= (before?.length ?? Number.POSITIVE_INFINITY)) break;
    await pause(100);
  }
  return last;
}
