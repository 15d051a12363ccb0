/** The charts that the build has laid out, as the commands find them: beside themselves. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Chart, ChartFile } from '../model/chart.ts';

/** Where this code may be: among the commands, in a folder of them, or where it was written. */
const places = ['.', '..', '../../dist'].map((folder) => join(import.meta.dirname, folder, 'charts.json'));

/** Throws where the product is not whole. */
export function readCharts(): readonly Chart[] {
  const path = places.find((place) => existsSync(place));
  if (path === undefined)
    throw new Error('charts.json is missing beside the commands: the installation is not complete');
  const file: ChartFile = JSON.parse(readFileSync(path, 'utf8'));
  return file.charts;
}
