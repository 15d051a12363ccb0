/**
 * What is known of each process, as the next daemon is to find it in the journal. While a program of the last daemon has to
 * end, the record of its process speaks of that one: should this daemon be killed, the next one has to know of it.
 */

import { fingerprintOf } from '../adoption/fingerprint.ts';
import type { Journal } from '../journal/journal.ts';
import type { ProcessRecord } from '../model/process-record.ts';
import { isStopped } from '../model/process-state.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { ProcessIdentity } from '../os/watch-process.ts';
import type { LastLife } from './last-life.ts';
import { keyOf, keyOfRecord } from './process-key.ts';
import type { SurvivalPorts } from './survival.ts';

/** What a record says besides what follows from the configuration and from the living child. */
export type ProcessFacts = Omit<ProcessRecord, keyof Constant | keyof ProcessIdentity>;

type Constant = Pick<ProcessRecord, 'group' | 'name' | 'autoLogs' | 'fingerprint' | 'stop'>;

export class ProcessRecords {
  readonly #lastLife: LastLife;
  /** Of the living children. */
  readonly #living: Map<string, ProcessIdentity>;
  readonly #records = new Map<string, ProcessRecord>();
  /** By group, the names of its processes with their keys: a group is forgotten without a look at all others. */
  readonly #namesOf = new Map<string, Map<string, string>>();
  /** Processes whose record speaks of a leftover until that has ended. */
  readonly #unclear: Set<string>;
  /** Processes that are not begun anew before that. */
  readonly #held: Set<string>;
  readonly #constants = new WeakMap<ProcessSpec, Constant>();
  #journal: Journal | null = null;
  #autoLog: SurvivalPorts['autoLog'] = () => null;
  #hasEnded = false;

  constructor(lastLife: LastLife) {
    this.#lastLife = lastLife;
    this.#living = new Map(
      lastLife.adopted.map(({ record }) => {
        const { pid, startTicks } = record;
        return [keyOfRecord(record), { pid, startTicks }];
      }),
    );
    for (const { record } of lastLife.goneOnWith) this.#keep(keyOfRecord(record), record);
    this.#unclear = new Set(lastLife.ended.map(({ record }) => keyOfRecord(record)));
    this.#held = new Set(lastLife.held.map(({ record }) => keyOfRecord(record)));
  }

  /** Until then nothing is written. */
  begin(journal: Journal, { autoLog }: SurvivalPorts): void {
    this.#journal = journal;
    this.#autoLog = autoLog;
  }

  /** From now on nothing is written any more: what stands there is enough to end all that is left. */
  end(): void {
    this.#journal = null;
    this.#hasEnded = true;
  }

  /** @param beginTicks - Of an attempt: clock ticks since the system's start at which nothing of it had been started. */
  note(spec: ProcessSpec, facts: Partial<ProcessFacts>, beginTicks = 0): void {
    if (this.#hasEnded) return;
    const key = keyOf(spec);
    const record = this.#noted(spec, key, facts, this.#living.get(key) ?? { pid: 0, startTicks: beginTicks });
    if (record === null) return;
    const toWrite = this.#recordToWrite(key, record);
    // The attempt itself is put down before there is anything that could be lost, and has been or follows.
    if (facts.state === 'STARTING' && facts.startedAt === undefined) this.#journal?.writeSoon(toWrite);
    else this.#journal?.write(toWrite);
  }

  /** Of listeners that do not live nothing is worth writing, nor what stands there already. */
  noteConversation(spec: ProcessSpec, listener: ProcessRecord['listener']): void {
    const key = keyOf(spec);
    if (this.#living.has(key) && this.#records.get(key)?.listener !== listener) this.note(spec, { listener });
  }

  lives(spec: ProcessSpec, child: ProcessIdentity): void {
    const key = keyOf(spec);
    this.#living.set(key, child);
    const record = this.#noted(spec, key, {}, child);
    if (record === null) return;
    const toWrite = this.#recordToWrite(key, record);
    // Without a time to prove itself in, it is RUNNING in the next moment, and that is written of it as well.
    if (spec.startMs > 0) this.#journal?.write(toWrite);
    else this.#journal?.writeSoon(toWrite);
  }

  /** Neither does what it has started. Nothing is written of it: a change of state follows. */
  livesNoMore(spec: ProcessSpec): void {
    const key = keyOf(spec);
    this.#living.delete(key);
    const record = this.#records.get(key);
    if (record !== undefined) this.#records.set(key, { ...record, treeMark: null });
  }

  forget(group: string): void {
    for (const [key, name] of this.#namesOf.get(group) ?? []) {
      this.#records.delete(key);
      this.#living.delete(key);
      if (!this.#unclear.has(key)) this.#journal?.forget(group, name);
    }
    this.#namesOf.delete(group);
  }

  /** What was neither gone on with nor had to be ended. */
  forgetEnded(): void {
    for (const { record } of this.#lastLife.forgotten) this.#journal?.forget(record.group, record.name);
  }

  /** From now on the records speak of the present processes alone. */
  forgetLeftovers(): void {
    for (const { record } of this.#lastLife.ended) this.#journal?.forget(record.group, record.name);
    const changed = [...this.#unclear, ...this.#held];
    this.#unclear.clear();
    this.#held.clear();
    for (const key of changed) {
      const present = this.#records.get(key);
      if (present !== undefined) this.#journal?.write(present);
    }
  }

  /** Null when just that is known already. */
  #noted(spec: ProcessSpec, key: string, facts: Partial<ProcessFacts>, child: ProcessIdentity): ProcessRecord | null {
    const constant = this.#constant(spec);
    const known = this.#records.get(key);
    if (known !== undefined && says(known, constant) && says(known, facts) && says(known, child)) return null;
    const record = { ...(known ?? blankRecord), ...constant, ...facts, ...child };
    if (known === undefined) this.#keep(key, record);
    else this.#records.set(key, record);
    return record;
  }

  #keep(key: string, record: ProcessRecord): void {
    this.#records.set(key, record);
    const names = this.#namesOf.get(record.group) ?? new Map<string, string>();
    this.#namesOf.set(record.group, names.set(key, record.name));
  }

  #recordToWrite(key: string, present: ProcessRecord): ProcessRecord {
    const past = this.#lastLife.recordOf(key) ?? present;
    if (this.#unclear.has(key)) {
      // If nobody wants the successor of a leftover, that one is as if it were being stopped.
      return isStopped(present.state) ? { ...past, state: 'STOPPING' } : past;
    }
    // While it waits nobody is its program: whoever holds its pipes was started by the last one.
    const isWaiting = this.#held.has(key) && present.state === 'STARTING';
    return isWaiting ? past : present;
  }

  #constant(spec: ProcessSpec): Constant {
    const stdout = this.#autoLog(spec, 'stdout') ?? '';
    const stderr = this.#autoLog(spec, 'stderr') ?? '';
    const known = this.#constants.get(spec);
    if (known !== undefined && known.autoLogs.stdout === stdout && known.autoLogs.stderr === stderr) return known;
    const fingerprint = known?.fingerprint ?? fingerprintOf(spec);
    const stop = {
      signal: spec.stopSignal,
      waitMs: spec.stopWaitMs,
      asGroup: spec.stopAsGroup,
      killAsGroup: spec.killAsGroup,
    };
    const constant = { group: spec.groupName, name: spec.name, autoLogs: { stdout, stderr }, fingerprint, stop };
    this.#constants.set(spec, constant);
    return constant;
  }
}

/** Whether a record says all of that. What is the same but another object counts as another fact. */
function says(record: ProcessRecord, facts: Partial<ProcessRecord>): boolean {
  for (const name in facts) {
    const key = name as keyof ProcessRecord;
    if (record[key] !== facts[key]) return false;
  }
  return true;
}

const blankRecord: ProcessFacts = {
  state: 'STOPPED',
  startedAt: 0,
  stoppedAt: 0,
  failures: 0,
  lastExit: null,
  spawnError: '',
  restartDeclined: false,
  listener: null,
  treeMark: null,
};
