/** The methods that say why a process is in its state. Supervisor has no such methods. */

import type { Explanation } from '../model/trace.ts';
import { defineMethod } from './define-method.ts';
import type { Method } from './method.ts';
import { processName } from './parameters.ts';
import { allProcesses, findProcess } from './process-lookup.ts';

const explanation =
  '`group`, `name`, `statename`, `sentence` (`FATAL: …`), `evidence` (array of lines for people, the most telling first), ' +
  '`records` (array of the numbers of the trace records it rests on) and `fine` (false when somebody should look at it)';

/** Evidence is read from files: for so many processes at once, and no more. */
const mostWithEvidence = 50;

const why = defineMethod({
  name: 'trace.why',
  params: [processName],
  returns: { type: 'struct', doc: explanation },
  doc: 'Says in one sentence why a process is in its state, and what that rests on.',
  role: 'view',
  faults: ['BAD_NAME'],
  worksInShutdown: true,
  beyondSupervisor: true,
  run: ({ control }, name) => asStruct(findProcess(control, name).explain()),
});

const troubles = defineMethod({
  name: 'trace.troubles',
  params: [],
  returns: { type: 'array', doc: `a struct for each process that is not fine: ${explanation}` },
  doc: `Explains all processes that somebody should look at, in boot order; from the ${mostWithEvidence + 1}st on without evidence.`,
  role: 'view',
  faults: [],
  worksInShutdown: true,
  beyondSupervisor: true,
  run: ({ control }) =>
    allProcesses(control)
      .filter((process) => !process.isFine())
      .map((process, index) => asStruct(index < mostWithEvidence ? process.explain() : process.explainBriefly())),
});

export const whyMethods: readonly Method[] = [why, troubles];

const asStruct = ({ evidence, records, ...rest }: Explanation): object => ({
  ...rest,
  evidence: [...evidence],
  records: [...records],
});
