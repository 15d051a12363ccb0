/**
 * Which code was executed since the last look, by V8's own counters. A look costs milliseconds, so many inputs share one,
 * and only when it shows something new they are tried again one by one.
 */

import { Session } from 'node:inspector/promises';

export interface CoverageMeter {
  /** Whether a batch of inputs executed anything that no batch did before. */
  sawNew(): Promise<boolean>;
  /** Whether one input executed anything that no single one did before. */
  isNew(): Promise<boolean>;
  /** Places in our code that were reached so far: functions, branches, and both sides of a condition. */
  reached(): number;
  stop(): Promise<void>;
}

/** @param isOurs - Tells our code by its address. */
export async function startCoverage(isOurs: (url: string) => boolean): Promise<CoverageMeter> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  // V8 joins neighbouring places that were executed equally often, so batches and single inputs cannot be compared.
  const known = new Set<string>();
  const knownOfBatches = new Set<string>();

  async function executed(): Promise<readonly string[]> {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return result
      .filter(({ url }) => isOurs(url))
      .flatMap(({ scriptId, functions }) =>
        functions.flatMap(({ ranges }) =>
          ranges
            .filter(({ count }) => count > 0)
            .map(({ startOffset, endOffset }) => `${scriptId}:${startOffset}-${endOffset}`),
        ),
      );
  }

  async function addTo(places: Set<string>): Promise<boolean> {
    const before = places.size;
    for (const place of await executed()) places.add(place);
    return places.size > before;
  }

  return {
    sawNew: () => addTo(knownOfBatches),
    isNew: () => addTo(known),
    reached: () => knownOfBatches.size,
    stop: async () => {
      await session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}
