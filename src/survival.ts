/**
 * What lets programs outlive the daemon: the runtime directory with its journal and named pipes, and what is found there
 * of a daemon that was killed. Everything is decided when it is opened; nothing is touched before `begin`.
 */

import type { ProcessPast, TreePast } from '../machines/events.ts';
import { type ProcessSnapshot, processState } from '../machines/selectors.ts';
import type { ProgramRegister } from './actors/child-process.ts';
import type { Leftover } from './actors/leftovers.ts';
import { fingerprintOf } from './adoption/fingerprint.ts';
import type { Reason } from './adoption/plan.ts';
import { ranMsOf, type SettledDecision, type Stock, takeStock } from './adoption/take-stock.ts';
import { createJournal, type Journal } from './journal/journal.ts';
import type { ProcessRecord, StopSettings } from './model/process-record.ts';
import type { ProcessSpec, SupervisorSpec } from './model/program-spec.ts';
import { canMakeFifos } from './os/fifo.ts';
import type { Os } from './os/os.ts';
import { bootId } from './os/process-identity.ts';
import { openRuntimeDirectory, type RuntimeDirectory, runtimeDirectoryPath } from './os/runtime-directory.ts';
import type { ProcessIdentity } from './os/watch-process.ts';

export interface SurvivalLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface SurvivalOptions {
  readonly spec: SupervisorSpec;
  readonly os: Pick<Os, 'identify' | 'clock'>;
  readonly log: SurvivalLog;
  readonly productVersion: string;
  readonly environment: Readonly<Record<string, string>>;
  /** False: what is left is ended (`--no-adopt`). */
  readonly adopts: boolean;
  /** The locked runtime directory, from the version that this one replaces. */
  readonly handedOn: number | null;
}

export interface Survival extends ProgramRegister {
  /** Why the daemon must not start, behind `Error: `; null if it may. */
  readonly refusal: string | null;
  /** The locked directory; null when nothing can survive. */
  readonly directory: RuntimeDirectory | null;
  /** What processes go on with. */
  readonly past: TreePast | null;
  /** Programs that have to end before anything is started. */
  readonly leftovers: readonly Leftover[];
  /** Processes that keep pipes open on behalf of the last daemon. */
  readonly formerKeepers: readonly ProcessIdentity[];
  /** Whether a program of this process is among the leftovers. */
  mustEnd(spec: ProcessSpec): boolean;
  /** Whether its program has ended while no daemon lived. */
  hasEndedUnseen(spec: ProcessSpec): boolean;
  /** Its log files with generated names; '' where it had none. */
  formerAutoLogs(spec: ProcessSpec): ProcessRecord['autoLogs'];
  /** Those of all processes. */
  allAutoLogs(): ReadonlySet<string>;
  /** Begins to write things down. */
  begin(ports: SurvivalPorts): void;
  /** The leftovers have ended. */
  forgetLeftovers(): void;
  /** Where the named pipes of a process are, without their endings; null when it gets none. */
  pipes(spec: ProcessSpec): string | null;
  /** The state of a process has changed. */
  changed(snapshot: ProcessSnapshot): void;
  /** A group has been removed. */
  forget(group: string): void;
  keeps(keepers: readonly ProcessIdentity[]): void;
  /** Everything is about to be stopped in order. */
  ending(): void;
  /** Everything is stopped: deletes what was written down. */
  end(): void;
  /** Leaves everything where it is, for the next daemon. */
  leave(): void;
}

export interface SurvivalPorts {
  /** The generated log file of a channel; null when it has none. */
  readonly autoLog: (spec: ProcessSpec, channel: 'stdout' | 'stderr') => string | null;
}

/** How programs are ended that nothing is known of: as Supervisor's defaults. */
const usualStop: StopSettings = {
  signal: { name: 'SIGTERM', number: 15 },
  waitMs: 10_000,
  asGroup: true,
  killAsGroup: true,
};

const reasonTexts: Readonly<Record<Reason, string>> = {
  changed: 'its configuration has changed',
  'not-configured': 'it is not configured any more',
  listener: 'the conversation with an event listener cannot be gone on with',
  ending: 'everything was about to be stopped',
  declined: 'it is not to be adopted (--no-adopt)',
  'other-boot': 'the system was started anew',
};

/** Opens the runtime directory and looks at what is in it. Where none can be had, programs live as long as the daemon. */
export function openSurvival(options: SurvivalOptions): Survival {
  const { spec, log, environment, handedOn } = options;
  const path = runtimeDirectoryPath({
    configured: spec.daemon.runtimeDirectory,
    configFile: spec.daemon.configFile,
    identifier: spec.daemon.identifier,
    userId: process.geteuid?.() ?? 0,
    environment,
  });
  const opened = openRuntimeDirectory(path, handedOn);
  if (opened.kind === 'held') {
    const by = opened.by === null ? '' : ` (pid ${opened.by})`;
    return withoutSurvival(`Another supervisord${by} is already running with the runtime directory ${path}.`);
  }
  if (opened.kind !== 'open') {
    log.warn(`programs will not survive this supervisord: ${opened.reason}`);
    return withoutSurvival(null);
  }
  const { directory } = opened;
  if (!canMakeFifos(directory.path)) {
    log.warn(`programs will not survive this supervisord: named pipes cannot be made in ${directory.path}`);
    directory.remove();
    return withoutSurvival(null);
  }
  const outcome = takeStock({ directory, groups: spec.groups, adopts: options.adopts });
  if (outcome.kind === 'refused') {
    directory.close();
    return withoutSurvival(outcome.reason);
  }
  return new JournalledSurvival(options, directory, outcome.stock);
}

const noAutoLogs: ProcessRecord['autoLogs'] = { stdout: '', stderr: '' };

const withoutSurvival = (refusal: string | null): Survival => ({
  refusal,
  directory: null,
  past: null,
  leftovers: [],
  formerKeepers: [],
  survivor: () => null,
  mustEnd: () => false,
  hasEndedUnseen: () => false,
  formerAutoLogs: () => noAutoLogs,
  allAutoLogs: () => new Set(),
  begin: () => {},
  forgetLeftovers: () => {},
  pipes: () => null,
  spawning: () => {},
  spawned: () => {},
  exited: () => {},
  changed: () => {},
  forget: () => {},
  keeps: () => {},
  ending: () => {},
  end: () => {},
  leave: () => {},
});

const keyOf = (group: string, name: string): string => JSON.stringify([group, name]);

class JournalledSurvival implements Survival {
  readonly refusal = null;
  readonly directory: RuntimeDirectory;
  readonly past: TreePast;
  readonly leftovers: readonly Leftover[];
  readonly formerKeepers: readonly ProcessIdentity[];
  readonly #options: SurvivalOptions;
  readonly #stock: Stock;
  readonly #survivors: ReadonlyMap<string, ProcessIdentity>;
  readonly #decisions: ReadonlyMap<string, SettledDecision>;
  /** Of the living children. */
  readonly #living: Map<string, ProcessIdentity>;
  /** What was last written of each process. */
  readonly #records: Map<string, ProcessRecord>;
  readonly #fingerprints = new WeakMap<ProcessSpec, string>();
  #ports: SurvivalPorts = { autoLog: () => null };
  #journal: Journal | null = null;

  constructor(options: SurvivalOptions, directory: RuntimeDirectory, stock: Stock) {
    this.#options = options;
    this.#stock = stock;
    this.directory = directory;
    const { header, decisions, problems } = stock;
    this.formerKeepers = header?.bootId === bootId() ? header.keepers : [];
    const adopted = decisions.filter(({ kind }) => kind === 'adopt');
    this.#survivors = new Map(adopted.map(({ record }) => [keyOf(record.group, record.name), record]));
    this.#decisions = new Map(
      decisions.map((decision) => [keyOf(decision.record.group, decision.record.name), decision]),
    );
    this.#living = new Map(this.#survivors);
    this.#records = new Map(
      decisions.filter(({ kind }) => kind !== 'forget').map(({ record }) => [keyOf(record.group, record.name), record]),
    );
    this.past = { at: options.os.clock.stamp(), groups: pastsOf(decisions, options.os.clock.stamp()) };
    this.leftovers = leftoversOf(stock);
    for (const problem of problems) options.log.warn(`the journal in ${directory.path}: ${problem}`);
    if (adopted.length > 0) {
      options.log.info(`going on with ${adopted.length} running programs of supervisord pid ${header?.daemon.pid}`);
    }
  }

  survivor(spec: ProcessSpec): ProcessIdentity | null {
    return this.#survivors.get(keyOf(spec.groupName, spec.name)) ?? null;
  }

  mustEnd(spec: ProcessSpec): boolean {
    return this.#decisionOf(spec)?.kind === 'end';
  }

  hasEndedUnseen(spec: ProcessSpec): boolean {
    return this.#decisionOf(spec)?.kind === 'dead';
  }

  formerAutoLogs(spec: ProcessSpec): ProcessRecord['autoLogs'] {
    return this.#records.get(keyOf(spec.groupName, spec.name))?.autoLogs ?? noAutoLogs;
  }

  allAutoLogs(): ReadonlySet<string> {
    return new Set([...this.#records.values()].flatMap(({ autoLogs }) => [autoLogs.stdout, autoLogs.stderr]));
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
        records: this.#stock.decisions.filter(({ kind }) => kind !== 'forget'),
        reservedSlots: this.#stock.reservedSlots,
      },
      onFailure: (reason) =>
        log.warn(`programs may not survive this supervisord, the journal cannot be kept: ${reason}`),
      onRecovery: () => log.info('the journal is whole again'),
    });
  }

  forgetLeftovers(): void {
    for (const { kind, record } of this.#stock.decisions)
      if (kind === 'end') this.#forgetOne(record.group, record.name);
  }

  pipes({ groupName, name }: ProcessSpec): string | null {
    if (this.#journal === null) return null;
    return `${this.directory.path}/${this.#journal.slotOf(groupName, name)}`;
  }

  spawning(spec: ProcessSpec): void {
    this.#living.delete(keyOf(spec.groupName, spec.name));
    this.#write(spec, { state: 'STARTING', startedAt: this.#options.os.clock.stamp() });
  }

  spawned(spec: ProcessSpec, pid: number): void {
    const mark = this.#options.os.identify(pid) ?? { pid, startTicks: 0 };
    this.#living.set(keyOf(spec.groupName, spec.name), mark);
    this.#write(spec, {});
  }

  exited({ groupName, name }: ProcessSpec): void {
    this.#living.delete(keyOf(groupName, name));
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
    this.#journal?.forget(group, name);
  }

  keeps(keepers: readonly ProcessIdentity[]): void {
    this.#journal?.updateHeader({ keepers });
  }

  ending(): void {
    this.#journal?.updateHeader({ ending: true });
  }

  end(): void {
    this.#journal?.remove();
    this.directory.remove();
  }

  leave(): void {
    this.#journal?.close();
    this.directory.close();
  }

  #write(spec: ProcessSpec, facts: Partial<ProcessRecord>): void {
    const key = keyOf(spec.groupName, spec.name);
    const child = this.#living.get(key) ?? noChild;
    const record = { ...(this.#records.get(key) ?? blankRecord), ...this.#constant(spec), ...facts, ...child };
    this.#records.set(key, record);
    this.#journal?.write(record);
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
};

function pastsOf(decisions: readonly SettledDecision[], now: number): TreePast['groups'] {
  const groups = new Map<string, Map<string, ProcessPast>>();
  for (const { kind, record } of decisions) {
    if (kind === 'end' || kind === 'forget') continue;
    const { group, name, pid } = record;
    const processes = groups.get(group) ?? new Map<string, ProcessPast>();
    groups.set(group, processes);
    if (kind === 'adopt') {
      // The wall clock may have been set since: the time it has run is what counts.
      const ranMs = ranMsOf(record);
      processes.set(name, { ...record, startedAt: now - ranMs, child: { pid, ranMs } });
    } else {
      processes.set(name, { ...record, child: null });
    }
  }
  return groups;
}

function leftoversOf({ decisions, strangers }: Stock): readonly Leftover[] {
  const known = decisions.flatMap((decision): Leftover[] => {
    if (decision.kind !== 'end') return [];
    const { group, name, pid, startTicks, stop } = decision.record;
    const title = group === name ? name : `${group}:${name}`;
    return [{ title, program: { pid, startTicks }, stop, reason: reasonTexts[decision.reason] }];
  });
  const unknown = strangers.map((program): Leftover => {
    return { title: 'a program', program, stop: usualStop, reason: 'its record in the journal is damaged' };
  });
  return [...known, ...unknown];
}
