/** All workloads, in the order in which they are run. */

import { one, thousand, threeThousand } from './boot.ts';
import { hundred, idle } from './hundred.ts';
import { logs } from './logs.ts';
import type { Workload } from './workload.ts';

export const workloads: readonly Workload[] = [one, hundred, thousand, threeThousand, ...logs, idle];
