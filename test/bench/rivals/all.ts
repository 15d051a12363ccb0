/** Everything that can be compared, in the order in which it takes turns and is shown. */

import { limit } from './limit.ts';
import type { Rival } from './rival.ts';
import { runit } from './runit.ts';
import { s6 } from './s6.ts';
import { actorSketch, sketch } from './sketch.ts';
import { lesser, statevisor } from './statevisor.ts';
import { supervisor } from './supervisor.ts';

export { statevisor };

export const rivals: readonly Rival[] = [supervisor, limit, sketch, actorSketch, runit, s6, ...lesser];
