/** What a daemon needs and how quickly it answers, over the course of a phase. Pure but for the looks at /proc. */

import { openDescriptors, processStatus } from '../helpers/process-table.ts';

export interface Sample {
  /** How far the phase had got, from 0 to 1. */
  readonly progress: number;
  /** Anonymous memory, in KiB: what the daemon itself holds, without files and libraries. */
  readonly memoryKib: number;
  readonly descriptors: number;
  /** Milliseconds until `getProcessInfo` was answered. */
  readonly latencyMs: number;
}

export function lookAt(pid: number): Pick<Sample, 'memoryKib' | 'descriptors'> {
  return {
    memoryKib: Number.parseInt(processStatus(pid).RssAnon ?? '0', 10),
    descriptors: Object.keys(openDescriptors(pid)).length,
  };
}

/** One end of a phase: medians, and the slowest answer but for one in twenty. */
export interface Summary {
  readonly looks: number;
  readonly memoryKib: number;
  readonly descriptors: number;
  readonly latencyMs: number;
  readonly slowLatencyMs: number;
}

export interface Comparison {
  readonly first: Summary;
  readonly last: Summary;
}

const tenth = 0.1;

/** The first tenth of a phase and the last. Throws when either has no samples. */
export function compareEnds(samples: readonly Sample[]): Comparison {
  return {
    first: summarize(samples.filter(({ progress }) => progress < tenth)),
    last: summarize(samples.filter(({ progress }) => progress >= 1 - tenth)),
  };
}

function summarize(samples: readonly Sample[]): Summary {
  const of = (key: keyof Sample, share: number): number =>
    quantile(
      samples.map((sample) => sample[key]),
      share,
    );
  return {
    looks: samples.length,
    memoryKib: of('memoryKib', 0.5),
    descriptors: of('descriptors', 0.5),
    latencyMs: of('latencyMs', 0.5),
    slowLatencyMs: of('latencyMs', 0.95),
  };
}

/** The value that `share` of all values do not exceed. Throws when there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new Error('there are no samples');
  return value;
}

/**
 * What may be added by chance: in KiB by the garbage that is there at one time and not at another, of which the young
 * generation alone may hold as much; in milliseconds by a busy machine.
 */
const allowedGrowthKib = 16 * 1024;
const allowedSlowingMs = 5;
const allowedFactor = 1.5;
/** With fewer looks than these at either end, the time of answers is chance. */
const fewestLooks = 20;

/** What has grown over a phase, in words; empty when everything is flat. */
export function growthOf({ first, last }: Comparison): readonly string[] {
  const findings: string[] = [];
  if (last.memoryKib > first.memoryKib + allowedGrowthKib) {
    findings.push(`memory has grown from ${first.memoryKib} to ${last.memoryKib} KiB`);
  }
  const areEnough = Math.min(first.looks, last.looks) >= fewestLooks;
  if (areEnough && last.latencyMs > first.latencyMs * allowedFactor + allowedSlowingMs) {
    findings.push(`answers take ${last.latencyMs.toFixed(1)} ms instead of ${first.latencyMs.toFixed(1)} ms`);
  }
  return findings;
}
