/** The charts of all machines, fetched when the first one is looked at. */

import type { Chart, ChartFile } from '../../model/chart.ts';

let loading: Promise<ReadonlyMap<string, Chart>> | null = null;

/** By the names of the machines. Rejects when they cannot be had; the next call tries again. */
export function loadCharts(): Promise<ReadonlyMap<string, Chart>> {
  loading ??= fetchCharts().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function fetchCharts(): Promise<ReadonlyMap<string, Chart>> {
  const answer = await fetch('charts.json');
  if (!answer.ok) throw new Error(`the charts cannot be read (${answer.status})`);
  const { charts } = (await answer.json()) as ChartFile;
  return new Map(charts.map((chart) => [chart.machine, chart]));
}
