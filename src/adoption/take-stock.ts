/**
 * Finds out what an earlier daemon has left: reads its journal, looks at the processes it names, and for those it could
 * not name any more at who holds their named pipes. Nothing is touched.
 */

import { readFileSync } from 'node:fs';
import type { JournalHeader } from '../journal/header.ts';
import { readJournal, type SlotRecord } from '../journal/read-journal.ts';
import type { GroupSpec } from '../model/program-spec.ts';
import { looksLikeKeeper } from '../os/keeper.ts';
import { deletedPipeHolders, pipeHolders } from '../os/pipe-holders.ts';
import { bootId, isDead, type ProcessFacts, processFacts } from '../os/process-identity.ts';
import type { RuntimeDirectory } from '../os/runtime-directory.ts';
import type { ProcessIdentity } from '../os/watch-process.ts';
import { type Decision, type LivingProcess, planAdoption, programAmong, settleSearch, type Verdict } from './plan.ts';

export type SettledDecision = SlotRecord & Verdict;

export interface Stock {
  /** The journal's header; null when there is none that can be read. */
  readonly header: JournalHeader | null;
  readonly decisions: readonly SettledDecision[];
  /** Processes that hold pipes of ours, and of which nothing else is known: their records are damaged. */
  readonly strangers: readonly ProcessFacts[];
  /** Processes that keep the pipes open, also those that the earlier daemon could not write down any more. */
  readonly keepers: readonly ProcessIdentity[];
  readonly reservedSlots: number;
  /** What is wrong with the journal, for people. */
  readonly problems: readonly string[];
}

export type StockOutcome =
  | { readonly kind: 'taken'; readonly stock: Stock }
  /** `reason` is for people. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface StockRequest {
  readonly directory: RuntimeDirectory;
  readonly groups: readonly GroupSpec[];
  readonly adopts: boolean;
}

export function takeStock({ directory, groups, adopts }: StockRequest): StockOutcome {
  const reading = readJournal(directory.path);
  if (reading.kind === 'unreadable' && reading.cause !== 'damaged') {
    return { kind: 'refused', reason: `cannot take over from the last supervisord: ${reading.reason}` };
  }
  if (reading.kind !== 'read') {
    const slots = directory.fifoSlots();
    // With the directory deleted, the pipes are known by who still keeps them.
    const deleted = deletedPipeHolders(directory.path, looksLikeKeeper);
    const holders = [...pipeHolders(pipesOf(directory, slots)), ...deleted];
    const keepers = holders.filter(({ pid }) => looksLikeKeeper(pid));
    const daemon = deleted.find(({ pid }) => keepers.some(({ parentPid }) => parentPid === pid));
    if (daemon !== undefined) return { kind: 'refused', reason: refusalBeside(daemon.pid) };
    const strangers = holders.filter((holder) => !keepers.includes(holder));
    const missing = strangers.length > 0 ? ['it is gone, but programs of an earlier supervisord run'] : [];
    const problems = reading.kind === 'none' ? missing : [reading.reason];
    const reservedSlots = Math.max(-1, ...slots) + 1;
    return { kind: 'taken', stock: { header: null, decisions: [], strangers, keepers, reservedSlots, problems } };
  }
  const { header, records, reservedSlots, problems } = reading;
  const plan = planAdoption({
    header,
    records,
    bootId: bootId(),
    ownPid: process.pid,
    living: livingOf([header.daemon, ...records.map(({ record }) => record)]),
    groups,
    adopts,
  });
  if (plan.kind === 'daemon-lives') {
    return { kind: 'refused', reason: refusalBeside(plan.pid) };
  }
  if (plan.kind === 'not-permitted') {
    const names = plan.records.map(({ record }) => `${record.name} (pid ${record.pid})`).join(', ');
    return { kind: 'refused', reason: `the last supervisord has left programs that this user may not end: ${names}` };
  }
  const slots = directory.fifoSlots();
  const keepers = [
    ...(header.bootId === bootId() ? header.keepers : []),
    ...pipeHolders(pipesOf(directory, slots), looksLikeKeeper),
  ];
  const isKeeper = ({ pid }: ProcessFacts): boolean => keepers.some((keeper) => keeper.pid === pid);
  const known = new Set(records.map(({ slot }) => slot));
  const unknown = slots.filter((slot) => !known.has(slot));
  const strangers = pipeHolders(pipesOf(directory, unknown)).filter((holder) => !isKeeper(holder));
  const decisions = plan.decisions.map((decision) => settle(directory, isKeeper, decision));
  const free = Math.max(reservedSlots, ...unknown.map((slot) => slot + 1));
  return { kind: 'taken', stock: { header, decisions, strangers, keepers, reservedSlots: free, problems } };
}

const refusalBeside = (pid: number): string => `another supervisord (pid ${pid}) looks after these programs already`;

const pipesOf = ({ path }: RuntimeDirectory, slots: readonly number[]): readonly string[] =>
  slots.flatMap((slot) => ['in', 'out', 'err'].map((ending) => `${path}/${slot}.${ending}`));

function livingOf(marks: readonly ProcessIdentity[]): ReadonlyMap<number, LivingProcess> {
  return new Map(
    marks.flatMap(({ pid }) => {
      const facts = pid > 0 ? processFacts(pid) : null;
      if (facts === null || !counts(facts)) return [];
      return [[pid, { startTicks: facts.startTicks, isOurs: mayBeSignalled(pid) }] as const];
    }),
  );
}

/** One that has ended still counts as long as its end is ours to collect: its status is not lost then. */
const counts = (facts: ProcessFacts): boolean => !isDead(facts) || facts.parentPid === process.pid;

function mayBeSignalled(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
}

function settle(
  directory: RuntimeDirectory,
  isKeeper: (holder: ProcessFacts) => boolean,
  decision: Decision,
): SettledDecision {
  if (decision.kind !== 'search') return decision;
  const holders = pipeHolders(pipesOf(directory, [decision.slot])).filter((holder) => !isKeeper(holder));
  return settleSearch(decision, programAmong(holders, decision.record.startTicks));
}

const ticksPerSecond = 100;

/** How long a process has run, in milliseconds, on a clock that never jumps. */
export function ranMsOf({ startTicks }: Pick<ProcessIdentity, 'startTicks'>): number {
  const [uptime = '0'] = readFileSync('/proc/uptime', 'latin1').split(' ');
  return Math.max(0, Math.round(Number(uptime) * 1000 - (startTicks / ticksPerSecond) * 1000));
}
