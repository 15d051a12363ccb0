/**
 * What to do, for causes that show in what the system or Supervisor's own texts say. Where the cause is not plain there is
 * no advice: a wrong one costs more than none.
 */

import { adviseOnEnd } from './end-advice.ts';
import type { ExplainedProcess } from './facts.ts';
import type { Findings } from './findings.ts';
import { hasEndedBadly, isFine } from './fine.ts';

export function adviseOn(facts: ExplainedProcess, findings: Findings): readonly string[] {
  switch (facts.statename) {
    case 'FATAL':
    case 'BACKOFF':
      return adviseOnStart(facts, findings);
    case 'STARTING':
      return facts.failures > 0 ? adviseOnStart(facts, findings) : adviseOnFormerLife(facts, findings);
    case 'EXITED':
    case 'RUNNING':
      return adviseOnFormerLife(facts, findings);
    case 'STOPPED':
      return [];
    case 'STOPPING':
      return adviseOnStop(facts, findings);
    case 'UNKNOWN':
      return facts.state === 'UNKNOWN' ? [] : ['supervisord lacks the right to signal it: look for whom it runs as'];
  }
}

function adviseOnStart(facts: ExplainedProcess, findings: Findings): readonly string[] {
  const last = facts.failedStarts.at(-1);
  if (last === undefined) return facts.lastEnd === null ? adviseOnSpawnError(facts, findings) : [];
  return last.status === null
    ? adviseOnSpawnError(facts, findings)
    : adviseOnEnd({ status: last.status, isQuick: true, facts, findings });
}

const adviseOnFormerLife = (facts: ExplainedProcess, findings: Findings): readonly string[] =>
  facts.lastEnd === null || !hasEndedBadly(facts) || isFine(facts)
    ? []
    : adviseOnEnd({ status: facts.lastEnd, isQuick: false, facts, findings });

function adviseOnSpawnError({ spec, spawnError, failedStarts }: ExplainedProcess, { searchPath }: Findings): string[] {
  const text = failedStarts.at(-1)?.spawnError ?? spawnError;
  const word = /(?:command|at|for|spawn) '(.*)'/.exec(text)?.[1] ?? '';
  const rule = spawnRules.find(({ pattern }) => pattern.test(text));
  return rule === undefined ? [] : [rule.advise({ word, searchPath, text, spec })];
}

interface SpawnProblem {
  /** What stands in quotes in the text of the error. */
  readonly word: string;
  readonly searchPath: string;
  readonly text: string;
  readonly spec: ExplainedProcess['spec'];
}

const spawnRules: readonly { readonly pattern: RegExp; readonly advise: (problem: SpawnProblem) => string }[] = [
  {
    pattern: /^can't find command /,
    advise: ({ word, searchPath }) =>
      word.includes('/')
        ? `there is no file ${word}: install it, or correct command=`
        : `${word} is in none of ${searchPath || 'the directories of PATH'}: write its full path in command=`,
  },
  { pattern: /^can't parse command /, advise: () => 'look for a quote in command= that is not closed' },
  { pattern: /^command is empty/, advise: () => 'command= holds nothing that could be started' },
  {
    pattern: /is a directory$/,
    advise: ({ word }) => `command= names the directory ${word}, not a program in it`,
  },
  {
    pattern: /is not executable$/,
    advise: ({ word }) => `chmod +x ${word}, or write its interpreter in front of it in command=`,
  },
  {
    pattern: /^no permission to run command /,
    advise: ({ word }) => `supervisord may not run ${word}: look at its mode and at those of the directories above it`,
  },
  {
    pattern: /^too many open files /,
    advise: () => 'supervisord has no file descriptors left: raise its hard limit (ulimit -Hn, LimitNOFILE=)',
  },
  {
    pattern: /^Too many processes /,
    advise: () => 'no more processes are allowed (ulimit -u, pids.max): look for a program that leaves some behind',
  },
  {
    pattern: /^unknown error making dispatchers /,
    advise: ({ spec, text }) => {
      const files = [spec.stdout, spec.stderr].flatMap(({ logfile }) =>
        logfile.kind === 'file' ? [logfile.path] : [],
      );
      const named = files.length === 0 ? '' : ` (${[...new Set(files)].join(', ')})`;
      return `its logs${named} cannot be opened: ${text.slice(text.lastIndexOf(' ') + 1)}`;
    },
  },
  { pattern: /: ENOMEM$/, advise: () => 'the system has no memory left to start a process' },
];

function adviseOnStop({ spec, state }: ExplainedProcess, { alive }: Findings): readonly string[] {
  const asleep = alive.filter((one) => one.state === 'D');
  const stopped = alive.filter((one) => one.state === 'T');
  const name = spec.groupName === spec.name ? spec.name : `${spec.groupName}:${spec.name}`;
  return [
    ...asleep.map(
      ({ pid, name }) =>
        `pid ${pid} (${name}) is in an uninterruptible sleep (D), mostly for a disk or a network file system: no signal works until that answers`,
    ),
    ...stopped.map(({ pid, name: program }) =>
      state.endsWith('.killing')
        ? `pid ${pid} (${program}) is suspended (T)`
        : `pid ${pid} (${program}) is suspended (T) and sees no signal before it goes on: supervisorctl signal CONT ${name}`,
    ),
  ];
}
