/** The whole explanation of a process: the sentence, with what its logs and the process table add to it. */

import type { ProcessLogs } from '../actors/process-logs.ts';
import type { TraceControl } from '../commands/trace-control.ts';
import { withTrace } from '../explain/asked.ts';
import { listAlive, listEvidence } from '../explain/evidence.ts';
import type { ExplainedProcess } from '../explain/facts.ts';
import type { Findings, OutputTail } from '../explain/findings.ts';
import { isFine } from '../explain/fine.ts';
import { explainState } from '../explain/reason.ts';
import { lastLines, lastWrittenAt } from '../logging/last-lines.ts';
import type { Explanation } from '../model/trace.ts';
import { livingMembers } from '../os/living-members.ts';

export interface ExplanationSources {
  readonly logs: Pick<ProcessLogs, 'path'>;
  readonly trace: Pick<TraceControl, 'read'>;
  /** `PATH` of the daemon. */
  readonly searchPath: string;
}

const tailLines = 12;

/** Of the trace of a process: enough for the last attempts to start it. */
const mostRecords = 100;

/** File systems round the times of files; what was written in the same moment counts as written since. */
const clockToleranceMs = 1000;

/** Reads logs, the process table and the trace. */
export function explain(known: ExplainedProcess, sources: ExplanationSources): Explanation {
  const of = `${known.spec.groupName}:${known.spec.name}`;
  const { facts, records } = withTrace(known, sources.trace.read({ of, since: 0, limit: mostRecords }).records);
  const findings = lookInto(facts, sources);
  const isEnding = facts.statename === 'STOPPING' || facts.state.endsWith('.lingering');
  const alive = isEnding && findings.alive.length > 0 ? `; alive in its group: ${listAlive(findings.alive)}` : '';
  const { sentence, ...rest } = explainBriefly(facts);
  return { ...rest, sentence: `${sentence}${alive}`, evidence: listEvidence(facts, findings), records };
}

/** The sentence alone: nothing has to be read for it. */
export function explainBriefly(facts: ExplainedProcess): Explanation {
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

function lookInto(facts: ExplainedProcess, { logs, searchPath }: ExplanationSources): Findings {
  const { spec } = facts;
  const channels = spec.redirectStderr ? (['stdout'] as const) : (['stderr', 'stdout'] as const);
  const outputs = channels.flatMap((channel): OutputTail[] => {
    const path = logs.path(spec, channel);
    if (path === null) return [];
    return [{ channel, path, lines: lastLines(path, tailLines), isFresh: isFresh(path, facts) }];
  });
  return {
    outputs,
    isSilenced: channels.every((channel) => spec[channel].logfile.kind === 'none' && !spec[channel].syslog),
    alive: livingMembers(facts.lastPid, facts.pid === 0),
    searchPath: spec.environment.PATH ?? searchPath,
  };
}

/** Of one that runs again it is the last words of the one before that count. */
function isFresh(path: string, { startedAt, statename }: ExplainedProcess): boolean {
  if (statename === 'STARTING' || statename === 'RUNNING') return true;
  return lastWrittenAt(path) >= startedAt - clockToleranceMs;
}
