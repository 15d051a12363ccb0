/** A piece of the comparison: what one supervisor is put through in one round, and the figures that come of it. */

import type { FigureId } from '../figures.ts';
import type { Rival } from '../rivals/rival.ts';
import type { Workshop } from '../workshop.ts';

/** Values of one round, by figure. */
export type Measured = Partial<Record<FigureId, readonly number[]>>;

/** How much time a run has: everything, or what three minutes allow. */
export type Effort = 'full' | 'quick';

export interface Workload {
  readonly name: string;
  readonly about: string;
  readonly rounds: Readonly<Record<Effort, number>>;
  /** Who takes part in a round, counted from 0; everybody where it is left out. */
  takesPart?(rival: Rival, effort: Effort, round: number): boolean;
  measure(workshop: Workshop, rival: Rival, effort: Effort): Promise<Measured>;
  /** What a bare Node takes, to compare with. */
  measureNode?(workshop: Workshop): Promise<Measured>;
}
