/**
 * The lines below a sentence, the most telling first: what to do about it, what the program has said, what still lives of
 * it, how the earlier attempts ended, and where it is configured.
 */

import { adviseOn } from './advice.ts';
import type { ExplainedProcess } from './facts.ts';
import type { Findings, LivingProcess, OutputTail } from './findings.ts';
import { isFine } from './fine.ts';
import { describeStart } from './starts.ts';
import { ago } from './words.ts';

const mostLines = 8;
const mostProcesses = 12;

export function listEvidence(facts: ExplainedProcess, findings: Findings): readonly string[] {
  const advice = adviseOn(facts, findings).map((line) => `hint: ${line}`);
  return [
    ...advice,
    ...lastWords(facts, findings),
    ...survivors(facts, findings),
    ...attempts(facts),
    ...source(facts),
  ];
}

/** `4711 php, 4712 sh`; '' when nothing lives. */
export function listAlive(alive: readonly LivingProcess[]): string {
  const shown = alive.slice(0, mostProcesses).map(({ pid, name }) => `${pid} ${name}`);
  const more = alive.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function lastWords(facts: ExplainedProcess, { outputs, isSilenced }: Findings): readonly string[] {
  if (isFine(facts)) return [];
  if (facts.startedAt === 0 || wasNeverSpawned(facts)) return [];
  if (isSilenced) return ['its output is not kept: stdout_logfile and stderr_logfile are NONE'];
  const telling = outputs.find((output) => output.isFresh && output.lines.length > 0);
  if (telling === undefined) {
    const channels = outputs.map(({ channel, path }) => `${channel} (${path})`).join(' and ');
    return channels === '' ? [] : [`nothing was written to ${channels} since its last start`];
  }
  return [`last lines on ${telling.channel} (${telling.path}):`, ...quoted(telling)];
}

/** What is said again and again, as by each of several attempts, is shown once. */
function quoted({ lines }: OutputTail): readonly string[] {
  const runs: { readonly line: string; count: number }[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last?.line === line) last.count += 1;
    else runs.push({ line, count: 1 });
  }
  return runs.slice(-mostLines).map(({ line, count }) => `  | ${line}${count > 1 ? `  (${count} times)` : ''}`);
}

const wasNeverSpawned = ({ failedStarts }: ExplainedProcess): boolean => failedStarts.at(-1)?.status === null;

/** What has outlived the program; while it runs the sentence says what is alive. */
function survivors(facts: ExplainedProcess, { alive }: Findings): readonly string[] {
  return facts.pid === 0 && alive.length > 0
    ? [`still alive in the process group of pid ${facts.lastPid}, which has ended: ${listAlive(alive)}`]
    : [];
}

function attempts(facts: ExplainedProcess): readonly string[] {
  const { failedStarts } = facts;
  const [first] = failedStarts;
  if (first === undefined || failedStarts.length < 2) return [];
  const when = failedStarts.map(({ at }) => ago(facts, at)).reverse();
  if (failedStarts.every((start) => describeStart(start) === describeStart(first))) {
    return [`failed starts: ${when.join(', ')}, each: ${describeStart(first)}`];
  }
  return [
    'failed starts, the latest first:',
    ...[...failedStarts].reverse().map((start) => `  ${ago(facts, start.at)}: ${describeStart(start)}`),
  ];
}

function source({ spec }: ExplainedProcess): readonly string[] {
  const { file, line } = spec.source;
  return file === '' ? [] : [`configured in ${file}${line === 0 ? '' : `, line ${line}`}: [${spec.section}]`];
}
