/** What must be true of a daemon whenever nothing moves. Each check returns what is wrong, in words. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openDescriptors, processStatus } from '../helpers/process-table.ts';
import type { Sandbox } from '../helpers/sandbox.ts';
import type { Info } from './answers.ts';
import { compareWithCounts } from './line-ledger.ts';
import { runningPrograms, twiceRunning } from './process-scan.ts';
import { type ChaosProgram, chaosPrograms, nameOf } from './programs.ts';

/** Anonymous memory of a daemon with a handful of programs never exceeds this, in KiB. */
const memoryLimitKib = 250_000;
/** What a daemon of this episode may have open beyond what the first one had before anything was asked of it. */
const spareDescriptors = 10;
/** One listening socket, and the connections of the chaos itself. */
const expectedSockets = 4;

/** Status and system agree: what is said to run does so, and nothing else. */
export function checkTruth(infos: readonly Info[], folder: string): readonly string[] {
  const running = runningPrograms(folder);
  const findings = [...twiceRunning(running, folder)];
  for (const { name, state, pid } of infos) {
    const pids = running.filter((program) => program.name === name).map((program) => program.pid);
    const claimed = pid === 0 ? [] : [pid];
    if (pids.join() !== claimed.join()) {
      findings.push(`${name} is said to be ${state} as ${pid}, but runs as ${pids.join(' and ') || 'nothing'}`);
    }
    if ((state === 'RUNNING') !== (pid !== 0)) findings.push(`${name} is ${state} with pid ${pid}`);
  }
  const known = new Set(infos.map(({ name }) => name));
  for (const { name, pid } of running)
    if (!known.has(name)) findings.push(`${name} runs as ${pid}, and nobody knows it`);
  return findings;
}

export interface DescriptorCount {
  /** Those that belong to the daemon itself and not to programs, files or connections. */
  readonly own: number;
  readonly byTarget: ReadonlyMap<string, number>;
}

const ofNobodyElse = /^(pipe:|anon_inode:\[event|\/dev\/)/;

export function countDescriptors(pid: number): DescriptorCount {
  const byTarget = new Map<string, number>();
  for (const target of Object.values(openDescriptors(pid))) byTarget.set(target, (byTarget.get(target) ?? 0) + 1);
  const own = [...byTarget].filter(([target]) => ofNobodyElse.test(target)).reduce((sum, [, count]) => sum + count, 0);
  return { own, byTarget };
}

/** Nothing is open more often than it is needed. */
export function checkDescriptors(
  pid: number,
  infos: readonly Info[],
  first: DescriptorCount,
  sandbox: Sandbox,
): readonly string[] {
  const { own, byTarget } = countDescriptors(pid);
  const findings: string[] = [];
  const sum = (test: (target: string) => boolean): number =>
    [...byTarget].filter(([target]) => test(target)).reduce((total, [, count]) => total + count, 0);
  for (const [target, count] of byTarget) {
    const isShared = ofNobodyElse.test(target) || target.startsWith('socket:') || target === 'anon_inode:[pidfd]';
    const isOutput = target.endsWith('supervisord.log');
    if (!isShared && !isOutput && count > 1) findings.push(`${target} is open ${count} times`);
    if (target.startsWith(sandbox.path('logs')) && target.endsWith('(deleted)'))
      findings.push(`${target} is still open`);
  }
  const living = infos.filter((info) => info.pid !== 0).length;
  const limits = [
    ['of the daemon itself', own, first.own + spareDescriptors],
    ['sockets', sum((target) => target.startsWith('socket:')), expectedSockets],
    ['pidfds', sum((target) => target === 'anon_inode:[pidfd]'), living],
    ['named pipes', sum((target) => /\/run\/\d+\.(in|out|err)/.test(target)), 2 * infos.length + living],
    ['logs', sum((target) => /\/(logs|childlog)\//.test(target)), 2 * infos.length],
  ] as const;
  for (const [what, count, limit] of limits) {
    if (count > limit) findings.push(`${count} descriptors are open (${what}), expected at most ${limit}`);
  }
  return findings;
}

/** The runtime directory has the journal and the pipes of what is known, and nothing else. */
export function checkRuntimeDirectory(infos: readonly Info[], sandbox: Sandbox): readonly string[] {
  const names = readdirSync(sandbox.path('run'));
  const strange = names.filter((name) => name !== 'journal' && !/^\d+\.(in|out|err)$/.test(name));
  const slots = new Set(names.map((name) => Number.parseInt(name, 10)).filter((slot) => !Number.isNaN(slot)));
  const findings = strange.map((name) => `${name} is left in the runtime directory`);
  if (slots.size > infos.length) findings.push(`pipes of ${slots.size} processes are left, of ${infos.length} known`);
  if (!names.includes('journal')) findings.push('there is no journal');
  return findings;
}

export function checkMemory(pid: number): readonly string[] {
  const kib = Number.parseInt(processStatus(pid).RssAnon ?? '0', 10);
  return kib > memoryLimitKib ? [`the daemon has ${kib} KiB of memory`] : [];
}

/** How often the threads of a process have woken up of themselves, since its start. */
export function wakeUps(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const text = readFileSync(`/proc/${pid}/task/${thread}/status`, 'latin1');
    return sum + Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(text)?.[1] ?? 0);
  }, 0);
}

/** What a daemon must never say, whatever is done to it. */
const neverSaid = [
  /internal error/i,
  /\bUNKNOWN\b/,
  /the journal in/,
  /could not be opened/,
  /[1-9]\d* bytes are lost/,
  /at .*\.js:\d+/,
];

export function checkWords(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => neverSaid.some((pattern) => pattern.test(line)))
    .map((line) => `the daemon says: ${line}`);
}

export interface LedgerFacts {
  readonly sandbox: Sandbox;
  /** Writers whose last lines may be missing, by their pid. */
  readonly mayLackEnd: ReadonlySet<number>;
}

/** Every line that a program has written is in its log, once and in order. The programs must not write meanwhile. */
export function checkLogs({ sandbox, mayLackEnd }: LedgerFacts): readonly string[] {
  const counts = countsByProgram(sandbox);
  return chaosPrograms
    .filter(({ isWriter }) => isWriter)
    .flatMap((program) => {
      const written = counts.get(nameOf(program)) ?? new Map<string, number>();
      const rules = {
        mayHaveGaps: program.logIsCleared,
        mayLackEnd: (writer: string) => program.comesAndGoes || mayLackEnd.has(pidOfWriter(writer)),
      };
      return logTexts(program, sandbox, written).flatMap(([text, those]) => compareWithCounts(text, those, rules));
    });
}

const pidOfWriter = (writer: string): number => Number(writer.split('.')[2]);

/** The logs of a program, each with the writers that should be in it. */
function logTexts(
  { group, name }: ChaosProgram,
  sandbox: Sandbox,
  written: ReadonlyMap<string, number>,
): readonly (readonly [string, ReadonlyMap<string, number>])[] {
  if (group === 'auto') return [];
  if (group === 'merged') return [[wholeLog(sandbox, `${name}.out`), written]];
  return ['out', 'err'].map((channel) => {
    const those = [...written].filter(([writer]) => writer.endsWith(`.${channel}`));
    return [wholeLog(sandbox, `${name}.${channel}`), new Map(those)] as const;
  });
}

/** With everything that was rotated, the oldest first. */
function wholeLog(sandbox: Sandbox, name: string): string {
  const folder = sandbox.path('logs');
  const backups = readdirSync(folder)
    .filter((entry) => entry.startsWith(`${name}.`))
    .map((entry) => Number(entry.slice(name.length + 1)))
    .sort((one, other) => other - one);
  const paths = [...backups.map((number) => join(folder, `${name}.${number}`)), join(folder, name)];
  return paths.map((path) => (existsSync(path) ? readFileSync(path, 'latin1') : '')).join('');
}

/** `group:name` → writer → the lines it has counted. */
function countsByProgram(sandbox: Sandbox): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const counts = new Map<string, Map<string, number>>();
  for (const writer of readdirSync(sandbox.path('counts'))) {
    const [group, name] = writer.split('.');
    const program = counts.get(`${group}:${name}`) ?? new Map<string, number>();
    counts.set(`${group}:${name}`, program.set(writer, statSync(sandbox.path(`counts/${writer}`)).size));
  }
  return counts;
}
