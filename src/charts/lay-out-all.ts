/** All charts at once, for the build and for the documents. */

import type { ChartFile } from '../model/chart.ts';
import { layOut } from './layout/lay-out.ts';
import { chartedMachines } from './machines.ts';
import { readOutline } from './outline.ts';

export async function layOutAll(): Promise<ChartFile> {
  const charts = [];
  for (const [name, machine] of chartedMachines) charts.push(await layOut(readOutline(name, machine)));
  return { version: 1, charts };
}
