/**
 * Decides what becomes of what an earlier daemon has left: which programs are gone on with, which are ended, which have
 * ended themselves. It only decides; nothing is touched here, and the same facts give the same plan.
 */

import type { JournalHeader } from '../journal/header.ts';
import type { SlotRecord } from '../journal/read-journal.ts';
import type { ProcessRecord } from '../model/process-record.ts';
import type { GroupSpec, ProcessSpec } from '../model/program-spec.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Why a program is ended, or its past forgotten. */
export type Reason =
  /** It would be started otherwise today. */
  | 'changed'
  /** No section of the configuration speaks of it. */
  | 'not-configured'
  /** Where the conversation with a listener stands is not certain: it could be given an event twice, or wait for ever. */
  | 'listener'
  /** The earlier daemon was about to end everything itself. */
  | 'ending'
  /** The operator wants nothing to be gone on with. */
  | 'declined'
  /** The system was started anew since. */
  | 'other-boot';

export type Verdict =
  /** Its child lives: go on with it. */
  | { readonly kind: 'adopt'; readonly spec: ProcessSpec }
  /** Its child lives: end it with the recorded settings, before anything is started. Then the process is a new one. */
  | { readonly kind: 'end'; readonly reason: Reason }
  /** It had a child, which is no more: the process goes on with that. */
  | { readonly kind: 'dead'; readonly spec: ProcessSpec }
  /** It had no child: the process goes on in its state. */
  | { readonly kind: 'rest'; readonly spec: ProcessSpec }
  /** Nothing lives and nothing is gone on with. */
  | { readonly kind: 'forget'; readonly reason: Reason };

export type Decision = SlotRecord &
  (
    | Verdict
    /** The daemon was killed while it spawned: whoever holds the slot's named pipes is the child. See `settleSearch`. */
    | { readonly kind: 'search'; readonly ifFound: Verdict; readonly ifNot: Verdict }
  );

export type AdoptionPlan =
  | { readonly kind: 'planned'; readonly decisions: readonly Decision[] }
  /** Its daemon lives: two would start everything twice. */
  | { readonly kind: 'daemon-lives'; readonly pid: number }
  /** They had to be ended, which this user may not do. */
  | { readonly kind: 'not-permitted'; readonly records: readonly SlotRecord[] };

/** What is known of a living process. One that has ended and waits to be collected lives no more, unless we are to do that. */
export interface LivingProcess {
  readonly startTicks: number;
  /** Whether we may send it signals. */
  readonly isOurs: boolean;
}

export interface PipeHolder {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly startTicks: number;
}

export interface AdoptionFacts {
  readonly header: JournalHeader;
  readonly records: readonly SlotRecord[];
  readonly bootId: string;
  /** Of this process: an upgraded daemon finds itself in the journal. */
  readonly ownPid: number;
  /** By pid; the ones that the journal names are enough. */
  readonly living: ReadonlyMap<number, LivingProcess>;
  readonly groups: readonly GroupSpec[];
  /** False: end everything (`--no-adopt`). */
  readonly adopts: boolean;
}

export function planAdoption(facts: AdoptionFacts): AdoptionPlan {
  const { header, records, bootId, ownPid, living } = facts;
  if (header.bootId !== bootId) {
    return { kind: 'planned', decisions: records.map((entry) => ({ ...entry, kind: 'forget', reason: 'other-boot' })) };
  }
  const { daemon } = header;
  if (daemon.pid !== ownPid && living.get(daemon.pid)?.startTicks === daemon.startTicks) {
    return { kind: 'daemon-lives', pid: daemon.pid };
  }
  const specs = new Map(
    facts.groups.flatMap(({ name, processes }) => processes.map((spec) => [keyOf(name, spec.name), spec])),
  );
  const decisions = records.map((entry) =>
    decide(entry, specs.get(keyOf(entry.record.group, entry.record.name)), facts),
  );
  const refused = decisions.filter(({ kind, record }) => kind === 'end' && living.get(record.pid)?.isOurs === false);
  if (refused.length > 0)
    return { kind: 'not-permitted', records: refused.map(({ slot, record }) => ({ slot, record })) };
  return { kind: 'planned', decisions };
}

const keyOf = (group: string, name: string): string => JSON.stringify([group, name]);

function decide(entry: SlotRecord, spec: ProcessSpec | undefined, facts: AdoptionFacts): Decision {
  const { record } = entry;
  const ifLiving = verdictOnLiving(record, spec, facts);
  const ifGone = verdictOnGone(record, spec, facts);
  if (record.pid === 0 && record.state === 'STARTING')
    return { ...entry, kind: 'search', ifFound: ifLiving, ifNot: ifGone };
  const lives = record.pid !== 0 && facts.living.get(record.pid)?.startTicks === record.startTicks;
  return { ...entry, ...(lives ? ifLiving : ifGone) };
}

function verdictOnLiving(record: ProcessRecord, spec: ProcessSpec | undefined, facts: AdoptionFacts): Verdict {
  const reason = objection(record, spec, facts);
  if (reason !== null || spec === undefined) return { kind: 'end', reason: reason ?? 'not-configured' };
  const isLost = spec.kind === 'eventlistener' && record.listener === null;
  return isLost ? { kind: 'end', reason: 'listener' } : { kind: 'adopt', spec };
}

function verdictOnGone(record: ProcessRecord, spec: ProcessSpec | undefined, facts: AdoptionFacts): Verdict {
  const reason = objection(record, spec, facts);
  if (reason !== null || spec === undefined) return { kind: 'forget', reason: reason ?? 'not-configured' };
  const hadChild = record.pid !== 0 || record.state === 'STARTING';
  return { kind: hadChild ? 'dead' : 'rest', spec };
}

function objection(record: ProcessRecord, spec: ProcessSpec | undefined, facts: AdoptionFacts): Reason | null {
  if (!facts.adopts) return 'declined';
  if (facts.header.ending) return 'ending';
  if (spec === undefined) return 'not-configured';
  return fingerprintOf(spec) === record.fingerprint ? null : 'changed';
}

/**
 * The child of a spawn that was not written down, among those who hold its pipes, the oldest first: it leads its group, and none
 * of them is its parent. So may be what it has started since, which is younger, and what an attempt before has left behind,
 * which is older than `beginTicks`. Where that is not known (0) the youngest is taken.
 */
export function programAmong<Holder extends PipeHolder>(holders: readonly Holder[], beginTicks: number): Holder | null {
  const pids = new Set(holders.map(({ pid }) => pid));
  const leaders = holders.filter(({ pid, groupId, parentPid }) => pid === groupId && !pids.has(parentPid));
  if (beginTicks === 0) return leaders.at(-1) ?? null;
  return leaders.find(({ startTicks }) => startTicks >= beginTicks) ?? null;
}

/**
 * What a search came to: the record with the child that was found, or without one. A child that was found must be ended or
 * gone on with exactly as if the earlier daemon had still written it down.
 */
export function settleSearch(
  { slot, record, ifFound, ifNot }: Extract<Decision, { readonly kind: 'search' }>,
  found: { readonly pid: number; readonly startTicks: number } | null,
): SlotRecord & Verdict {
  if (found === null) return { slot, record, ...ifNot };
  return { slot, record: { ...record, pid: found.pid, startTicks: found.startTicks }, ...ifFound };
}
