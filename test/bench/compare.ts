/** Runs workloads, everybody taking turns in every round, so that a busy machine troubles all alike. */

import { bareNode, type FigureId, type Samples } from './figures.ts';
import type { Rival } from './rivals/rival.ts';
import type { Effort, Measured, Workload } from './workloads/workload.ts';
import type { Workshop } from './workshop.ts';

export interface Comparison {
  readonly workloads: readonly Workload[];
  readonly rivals: readonly Rival[];
  readonly effort: Effort;
  readonly rounds: number | undefined;
  /** Told of progress, and of what could not be measured. */
  readonly say: (line: string) => void;
}

export async function compare(workshop: Workshop, comparison: Comparison): Promise<Samples> {
  let samples: Samples = {};
  for (const workload of comparison.workloads) {
    const rounds = comparison.rounds ?? workload.rounds[comparison.effort];
    for (let round = 0; round < rounds; round += 1) {
      for (const turn of turns(workload, comparison, round)) {
        const beganMs = performance.now();
        try {
          samples = addSamples(samples, turn.name, await turn.measure(workshop));
          const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
          comparison.say(`${workload.name} ${round + 1}/${rounds} ${turn.name}: ${seconds} s`);
        } catch (error) {
          comparison.say(`${workload.name}: ${turn.name} could not be measured: ${error}`);
        }
      }
    }
  }
  return samples;
}

interface Turn {
  readonly name: string;
  measure(workshop: Workshop): Promise<Measured>;
}

function turns(workload: Workload, { rivals, effort }: Comparison, round: number): readonly Turn[] {
  const { measureNode } = workload;
  const takingPart = rivals.filter((rival) => workload.takesPart?.(rival, effort, round) ?? true);
  const [first, ...others] = takingPart.map(
    (rival): Turn => ({ name: rival.name, measure: (workshop) => workload.measure(workshop, rival, effort) }),
  );
  // Right behind this product, which is what it is compared with.
  return [...(first ? [first] : []), ...(measureNode ? [{ name: bareNode, measure: measureNode }] : []), ...others];
}

export function addSamples(samples: Samples, name: string, measured: Measured): Samples {
  const result: Samples = { ...samples };
  for (const [id, values] of Object.entries(measured) as [FigureId, readonly number[]][]) {
    const ofFigure = result[id] ?? {};
    result[id] = { ...ofFigure, [name]: [...(ofFigure[name] ?? []), ...values] };
  }
  return result;
}
