/** Writes down which programs live, so that the next daemon can go on with them, and tells what the last one has left. */

import { type FSWatcher, watch } from 'node:fs';
import type { TreePast } from '../../machines/events.ts';
import { type ProcessSnapshot, processState } from '../../machines/selectors.ts';
import type { Conversation } from '../actors/event-system.ts';
import type { Leftover } from '../actors/leftovers.ts';
import { fingerprintOf } from '../adoption/fingerprint.ts';
import type { SettledDecision, Stock } from '../adoption/take-stock.ts';
import { createJournal, type Journal } from '../journal/journal.ts';
import type { ProcessRecord } from '../model/process-record.ts';
import { isStopped } from '../model/process-state.ts';
import type { ProcessSpec, SupervisorSpec } from '../model/program-spec.ts';
import type { Os } from '../os/os.ts';
import { bootId } from '../os/process-identity.ts';
import { openRuntimeDirectory, type RuntimeDirectory } from '../os/runtime-directory.ts';
import type { ProcessIdentity } from '../os/watch-process.ts';
import { Conversations } from './conversations.ts';
import { leftoversOf, pastsOf } from './past.ts';
import { noAutoLogs, type Survival, type SurvivalPorts } from './survival.ts';

export interface SurvivalLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface SurvivalOptions {
  readonly spec: SupervisorSpec;
  readonly os: Pick<Os, 'identify' | 'clock'>;
  readonly log: SurvivalLog;
  readonly productVersion: string;
}

/** Milliseconds from a sign that something is missing to the look at it: signs come in swarms. */
const lookAfterMs = 50;
/** Milliseconds between two attempts to make it again. */
const tryAgainMs = 1000;

const keyOf = (group: string, name: string): string => JSON.stringify([group, name]);

export class JournalledSurvival implements Survival {
  readonly refusal = null;
  #directory: RuntimeDirectory;
  #watcher: FSWatcher | null = null;
  #looking: NodeJS.Timeout | null = null;
  readonly past: TreePast;
  readonly leftovers: readonly Leftover[];
  readonly formerKeepers: readonly ProcessIdentity[];
  readonly #options: SurvivalOptions;
  readonly #stock: Stock;
  readonly #survivors: ReadonlyMap<string, ProcessIdentity>;
  readonly #decisions: ReadonlyMap<string, SettledDecision>;
  /** Of the living children. */
  readonly #living: Map<string, ProcessIdentity>;
  /** What is known of each process. */
  readonly #records: Map<string, ProcessRecord>;
  /** Processes whose record speaks of a leftover until that has ended. */
  readonly #unclear: Set<string>;
  /** Of pipes that nobody needs any more once the leftovers have ended. */
  #uselessSlots: ReadonlySet<number> = new Set();
  #clear: Promise<void> | null = null;
  #becomeClear: () => void = () => {};
  readonly #fingerprints = new WeakMap<ProcessSpec, string>();
  readonly #conversations = new Conversations((spec, listener) => {
    const record = this.#records.get(keyOf(spec.groupName, spec.name));
    if (this.#living.has(keyOf(spec.groupName, spec.name)) && record?.listener !== listener)
      this.#write(spec, { listener });
  });
  #ports: SurvivalPorts = { autoLog: () => null };
  #journal: Journal | null = null;
  #isMissing = false;

  constructor(options: SurvivalOptions, directory: RuntimeDirectory, stock: Stock) {
    this.#options = options;
    this.#stock = stock;
    this.#directory = directory;
    const { header, decisions, problems } = stock;
    this.formerKeepers = stock.keepers;
    const adopted = decisions.filter((decision) => decision.kind === 'adopt');
    this.#survivors = new Map(adopted.map(({ record }) => [keyOf(record.group, record.name), record]));
    this.#decisions = new Map(
      decisions.map((decision) => [keyOf(decision.record.group, decision.record.name), decision]),
    );
    this.#living = new Map(this.#survivors);
    for (const decision of adopted) {
      const { spec, record } = decision;
      if (record.listener !== null) this.#conversations.begin(spec, record.listener);
    }
    const goneOnWith = decisions.filter(({ kind }) => kind !== 'forget' && kind !== 'end');
    this.#records = new Map(goneOnWith.map(({ record }) => [keyOf(record.group, record.name), record]));
    const ended = decisions.filter(({ kind }) => kind === 'end');
    this.#unclear = new Set(ended.map(({ record }) => keyOf(record.group, record.name)));
    this.past = { at: options.os.clock.stamp(), groups: pastsOf(decisions, options.os.clock.stamp()) };
    this.leftovers = leftoversOf(stock);
    if (this.leftovers.length > 0) {
      this.#clear = new Promise((resolve) => {
        this.#becomeClear = resolve;
      });
    }
    for (const problem of problems) options.log.warn(`the journal in ${directory.path}: ${problem}`);
    if (adopted.length > 0) {
      options.log.info(`going on with ${adopted.length} running programs of supervisord pid ${header?.daemon.pid}`);
    }
  }

  get directory(): RuntimeDirectory {
    return this.#directory;
  }

  survivor(spec: ProcessSpec): ProcessIdentity | null {
    return this.#survivors.get(keyOf(spec.groupName, spec.name)) ?? null;
  }

  mustEnd(spec: ProcessSpec): boolean {
    return this.#decisionOf(spec)?.kind === 'end';
  }

  hasLastWords(spec: ProcessSpec): boolean {
    const decision = this.#decisionOf(spec);
    return decision?.kind === 'forget' && decision.reason !== 'other-boot';
  }

  hasEndedUnseen(spec: ProcessSpec): boolean {
    return this.#decisionOf(spec)?.kind === 'dead';
  }

  formerAutoLogs(spec: ProcessSpec): ProcessRecord['autoLogs'] {
    const decision = this.#decisionOf(spec);
    return decision === undefined || decision.kind === 'forget' ? noAutoLogs : decision.record.autoLogs;
  }

  allAutoLogs(): ReadonlySet<string> {
    const kept = [...this.#decisions.values()].filter(({ kind }) => kind !== 'forget');
    return new Set(kept.flatMap(({ record: { autoLogs } }) => [autoLogs.stdout, autoLogs.stderr]));
  }

  #decisionOf({ groupName, name }: ProcessSpec): SettledDecision | undefined {
    return this.#decisions.get(keyOf(groupName, name));
  }

  begin(ports: SurvivalPorts): void {
    this.#ports = ports;
    const { productVersion, spec, log, os } = this.#options;
    this.#journal = createJournal({
      directory: this.directory.path,
      header: {
        bootId: bootId(),
        daemon: os.identify(process.pid) ?? { pid: process.pid, startTicks: 0 },
        version: productVersion,
        configFile: spec.daemon.configFile,
        ending: false,
        keepers: this.formerKeepers,
      },
      // The leftovers, too: should this daemon be killed while they end, the next one has to know of them.
      continued: {
        records: this.#stock.decisions.filter((of) => of.kind !== 'forget' || of.reason !== 'other-boot'),
        reservedSlots: this.#stock.reservedSlots,
      },
      onFailure: (reason) =>
        log.warn(`programs may not survive this supervisord, the journal cannot be kept: ${reason}`),
      onRecovery: () => log.info('the journal is whole again'),
    });
    const goneOnWith = this.#stock.decisions.filter(({ kind }) => kind !== 'forget' && kind !== 'end');
    const kept = new Set(goneOnWith.map(({ slot }) => slot));
    this.#uselessSlots = new Set(this.#directory.fifoSlots().filter((slot) => !kept.has(slot)));
    this.#watchDirectory();
  }

  /** Whoever tidies the directory away takes the next daemon's knowledge: it is made anew at once. */
  #watchDirectory(): void {
    this.#watcher?.close();
    this.#watcher = null;
    try {
      this.#watcher = watch(this.#directory.path, { persistent: false }, (kind) => {
        if (kind === 'rename') this.#lookIn(lookAfterMs);
      });
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      // Too many watches, say. What is missing is noticed with the next change then.
    }
  }

  #lookIn(milliseconds: number): void {
    this.#looking ??= setTimeout(() => {
      this.#looking = null;
      this.#restore();
    }, milliseconds).unref();
  }

  /** Makes directory and journal again if they are gone. Programs keep their pipes, which can be found through them. */
  #restore(): void {
    if (this.#journal === null) return;
    const { log } = this.#options;
    if (!this.#directory.stillThere()) {
      const { path } = this.#directory;
      const opened = openRuntimeDirectory(path);
      if (opened.kind !== 'open') {
        if (!this.#isMissing) log.warn(`the runtime directory ${path} is gone, and cannot be made again`);
        this.#isMissing = true;
        this.#lookIn(tryAgainMs);
        return;
      }
      this.#directory.close();
      this.#directory = opened.directory;
      this.#isMissing = false;
      log.warn(`the runtime directory ${path} was removed; it is made again`);
      this.#watchDirectory();
    }
    if (!this.#journal.isWhole() && !this.#journal.heal()) this.#lookIn(tryAgainMs);
  }

  forgetEnded(): void {
    for (const { kind, record } of this.#stock.decisions) {
      if (kind === 'forget') this.#journal?.forget(record.group, record.name);
    }
    // Who holds the pipes of leftovers tells another daemon of them, should this one not see their end.
    if (this.leftovers.length === 0) this.#directory.tidy(this.#uselessSlots);
  }

  forgetLeftovers(): void {
    if (this.leftovers.length > 0) this.#directory.tidy(this.#uselessSlots);
    for (const { kind, record } of this.#stock.decisions) {
      if (kind !== 'end') continue;
      const key = keyOf(record.group, record.name);
      this.#journal?.forget(record.group, record.name);
      this.#unclear.delete(key);
      const present = this.#records.get(key);
      if (present !== undefined) this.#journal?.write(present);
    }
    this.#clear = null;
    this.#becomeClear();
  }

  untilClear(): Promise<void> | null {
    return this.#clear;
  }

  pipes({ groupName, name }: ProcessSpec): string | null {
    if (this.#journal === null) return null;
    if (!this.#directory.stillThere()) this.#restore();
    return `${this.#directory.path}/${this.#journal.slotOf(groupName, name)}`;
  }

  spawning(spec: ProcessSpec): void {
    this.#living.delete(keyOf(spec.groupName, spec.name));
    // What is spawned has said nothing yet.
    const listener = spec.kind === 'eventlistener' ? 'ACKNOWLEDGED' : null;
    this.#conversations.begin(spec);
    this.#write(spec, { state: 'STARTING', startedAt: this.#options.os.clock.stamp(), listener });
  }

  spawned(spec: ProcessSpec, pid: number): void {
    const mark = this.#options.os.identify(pid) ?? { pid, startTicks: 0 };
    this.#living.set(keyOf(spec.groupName, spec.name), mark);
    this.#write(spec, {});
  }

  exited(spec: ProcessSpec): void {
    this.#living.delete(keyOf(spec.groupName, spec.name));
    this.#conversations.end(spec);
  }

  writing(spec: ProcessSpec): void {
    if (spec.kind === 'eventlistener') this.#conversations.note(spec, { isWriting: true });
  }

  written(spec: ProcessSpec): void {
    if (spec.kind === 'eventlistener') this.#conversations.note(spec, { isWriting: false });
  }

  hearing(spec: ProcessSpec): void {
    this.#conversations.note(spec, { isHearing: true });
  }

  heard(spec: ProcessSpec): void {
    this.#conversations.note(spec, { isHearing: false });
  }

  conversed(spec: ProcessSpec, conversation: Conversation): void {
    this.#conversations.note(spec, conversation);
  }

  isMidway(): boolean {
    return this.#conversations.isAnyMidway();
  }

  changed(snapshot: ProcessSnapshot): void {
    const { spec, startedAt, stoppedAt, failures, lastExit, spawnError, restartDeclined } = snapshot.context;
    const state = processState(snapshot);
    this.#write(spec, { state, startedAt, stoppedAt, failures, lastExit, spawnError, restartDeclined });
  }

  forget(group: string): void {
    for (const record of this.#records.values()) if (record.group === group) this.#forgetOne(group, record.name);
  }

  #forgetOne(group: string, name: string): void {
    this.#records.delete(keyOf(group, name));
    this.#living.delete(keyOf(group, name));
    if (!this.#unclear.has(keyOf(group, name))) this.#journal?.forget(group, name);
  }

  keeps(keepers: readonly ProcessIdentity[]): void {
    this.#journal?.updateHeader({ keepers });
  }

  ending(): void {
    this.#journal?.updateHeader({ ending: true });
  }

  end(): void {
    this.#stopWatching();
    this.#journal?.remove();
    this.#directory.remove();
  }

  leave(): void {
    this.#stopWatching();
    this.#journal?.close();
    this.#directory.close();
  }

  #stopWatching(): void {
    this.#watcher?.close();
    if (this.#looking !== null) clearTimeout(this.#looking);
  }

  #write(spec: ProcessSpec, facts: Partial<ProcessRecord>): void {
    const key = keyOf(spec.groupName, spec.name);
    const child = this.#living.get(key) ?? noChild;
    const record = { ...(this.#records.get(key) ?? blankRecord), ...this.#constant(spec), ...facts, ...child };
    this.#records.set(key, record);
    this.#journal?.write(this.#unclear.has(key) ? this.#leftoverRecord(key, record) : record);
  }

  /** Says of a leftover what was written of it, and if nobody wants its successor that it is being stopped. */
  #leftoverRecord(key: string, present: ProcessRecord): ProcessRecord {
    const past = this.#decisions.get(key)?.record ?? present;
    return isStopped(present.state) ? { ...past, state: 'STOPPING' } : past;
  }

  #constant(spec: ProcessSpec): Pick<ProcessRecord, 'group' | 'name' | 'autoLogs' | 'fingerprint' | 'stop'> {
    const fingerprint = this.#fingerprints.get(spec) ?? fingerprintOf(spec);
    this.#fingerprints.set(spec, fingerprint);
    const stop = {
      signal: spec.stopSignal,
      waitMs: spec.stopWaitMs,
      asGroup: spec.stopAsGroup,
      killAsGroup: spec.killAsGroup,
    };
    const { autoLog } = this.#ports;
    const autoLogs = { stdout: autoLog(spec, 'stdout') ?? '', stderr: autoLog(spec, 'stderr') ?? '' };
    return { group: spec.groupName, name: spec.name, autoLogs, fingerprint, stop };
  }
}

const noChild: ProcessIdentity = { pid: 0, startTicks: 0 };

const blankRecord: Omit<ProcessRecord, 'group' | 'name' | 'autoLogs' | 'fingerprint' | 'stop'> = {
  state: 'STOPPED',
  pid: 0,
  startTicks: 0,
  startedAt: 0,
  stoppedAt: 0,
  failures: 0,
  lastExit: null,
  spawnError: '',
  restartDeclined: false,
  listener: null,
};
