/** What is measured, in the order it is shown, and how good it has to be. All targets are ratios, as no two machines are alike. */

import { median, quantile } from './statistics.ts';

/** A bare `node -e 0`, which takes its turn where something is compared with it. */
export const bareNode = 'node -e 0';

export interface Target {
  /** `most`: at most `factor` times the reference; `least`: at least. */
  readonly bound: 'most' | 'least';
  readonly factor: number;
  /** Another one's value of the same figure; without it `factor` is the bound itself. */
  readonly of?: string;
}

export interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly targets: readonly Target[];
  /** Of all values measured in all rounds; the median where nothing else is said. */
  readonly statistic?: (values: readonly number[]) => number;
}

const most = (factor: number, of?: string): Target => ({ bound: 'most', factor, ...(of !== undefined && { of }) });
const least = (factor: number, of?: string): Target => ({ bound: 'least', factor, ...(of !== undefined && { of }) });
const milliseconds = (title: string, ...targets: readonly Target[]): Figure => ({ title, unit: 'ms', targets });
const mebibytes = (title: string, ...targets: readonly Target[]): Figure => ({ title, unit: 'MiB', targets });
const rate = (title: string, ...targets: readonly Target[]): Figure => ({ title, unit: '1/s', targets });
const throughput = (title: string, ...targets: readonly Target[]): Figure => ({ title, unit: 'MB/s', targets });
const effort = (title: string, ...targets: readonly Target[]): Figure => ({ title, unit: 's/GiB', targets });

const p95 = (values: readonly number[]): number => quantile(values, 0.95);

export const figures = {
  'kill-p50': milliseconds('kill -9 of a program until its successor runs, p50', most(4, 'limit')),
  'kill-p95': { ...milliseconds('the same, p95', most(0.005, 'supervisor')), statistic: p95 },
  storm: milliseconds('100 programs killed at once, until all are back', most(5, 'limit')),
  'boot-1': milliseconds('boot, 1 program, until it runs', most(3, bareNode)),
  'boot-100': milliseconds('boot, 100 programs'),
  'boot-1000': milliseconds('boot, 1,000 programs', most(2, 'limit'), most(0.3, 'supervisor')),
  'boot-3000': milliseconds('boot, 3,000 programs', most(2.5, 'limit')),
  'boot-exponent': { title: 'growth from 1,000 to 3,000, exponent', unit: '', targets: [most(1.05)] },
  'boot-cpu': { title: 'CPU of all processes for the boot of 1,000', unit: 's', targets: [most(0.22, 'supervisor')] },
  'all-xml': milliseconds('getAllProcessInfo, 1,000 programs, XML-RPC', most(8, 'limit')),
  'all-packed': milliseconds('getAllProcessInfo, 1,000 programs, MessagePack-RPC', most(3, 'limit')),
  'one-xml': rate('getProcessInfo of 1,000, XML-RPC, one after the other', least(8000)),
  'one-packed': rate('getProcessInfo of 1,000, MessagePack-RPC, one after the other'),
  'one-packed-window': rate('the same, 32 at a time', least(25_000)),
  status: milliseconds('status, 100 programs, wall', most(1.5, bareNode)),
  'stop-all': milliseconds('stop all, 100 programs, wall', most(0.05, 'supervisor')),
  'start-all': milliseconds('start all, 100 programs, wall', most(0.35, 'supervisor')),
  'shutdown-100': milliseconds('shutdown, 100 programs', most(1, 's6')),
  'shutdown-1000': milliseconds('shutdown, 1,000 programs', most(1, 'runit')),
  'log-blocks': throughput('log, writes of 64 KiB', least(1.1, 'supervisor')),
  'log-blocks-cpu': effort('its CPU', most(0.9, 'supervisor')),
  'log-lines': throughput('log, lines of 100 bytes', least(1, 'supervisor')),
  'log-lines-cpu': effort('its CPU', most(0.6, 'supervisor')),
  'log-many': throughput('log, 20 programs at once, 64 KiB', least(1.1, 'supervisor')),
  'log-many-cpu': effort('its CPU', most(0.9, 'supervisor')),
  'line-p50': { title: 'a line until it is in the file, p50', unit: 'µs', targets: [most(0.6, 'supervisor')] },
  'private-1': mebibytes('private memory, 1 program', most(0.6, 'supervisor')),
  'private-100': mebibytes('private memory, 100 programs', most(0.6, 'supervisor')),
  'private-1000': mebibytes('private memory, 1,000 programs', most(0.9, 'supervisor')),
  'resident-1': mebibytes('resident memory, 1 program', most(1.5, 'supervisor')),
  'resident-1000': mebibytes('resident memory, 1,000 programs', most(1.5, 'supervisor')),
  'wake-ups': rate('wake-ups, 100 idle programs', most(0)),
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureId = keyof typeof figures;

/** All values of a figure, by the name of who they are of. */
export type Samples = Partial<Record<FigureId, Readonly<Record<string, readonly number[]>>>>;

/** The one value that stands for all that were measured; undefined when there is none. */
export function representative(samples: Samples, id: FigureId, name: string): number | undefined {
  const values = samples[id]?.[name] ?? [];
  const { statistic = median }: Figure = figures[id];
  return values.length === 0 ? undefined : statistic(values);
}
