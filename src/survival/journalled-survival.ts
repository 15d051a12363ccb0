/** Writes down which programs live, so that the next daemon can go on with them, and tells what the last one has left. */

import type { TreePast } from '../../machines/events.ts';
import { type ProcessSnapshot, processState } from '../../machines/selectors.ts';
import type { Survivor } from '../actors/child-process.ts';
import type { Conversation } from '../actors/event-system.ts';
import type { Leftover, LeftTree } from '../actors/leftovers.ts';
import type { Stock } from '../adoption/take-stock.ts';
import { createJournal, type Journal } from '../journal/journal.ts';
import type { ProcessRecord } from '../model/process-record.ts';
import type { ProcessSpec, SupervisorSpec } from '../model/program-spec.ts';
import type { WatchDirectory } from '../os/directory-watch.ts';
import type { Os, Spawned } from '../os/os.ts';
import { bootId } from '../os/process-identity.ts';
import type { RuntimeDirectory } from '../os/runtime-directory.ts';
import type { ProcessIdentity } from '../os/watch-process.ts';
import { Conversations } from './conversations.ts';
import { LastLife } from './last-life.ts';
import { ProcessRecords } from './process-records.ts';
import type { Survival, SurvivalPorts } from './survival.ts';
import { WatchedDirectory } from './watched-directory.ts';

export interface SurvivalLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface SurvivalOptions {
  readonly spec: { readonly daemon: Pick<SupervisorSpec['daemon'], 'configFile'> };
  readonly os: Pick<Os, 'identify' | 'clock' | 'startTicksNow'>;
  readonly log: SurvivalLog;
  readonly watchDirectory: WatchDirectory;
  readonly productVersion: string;
}

export class JournalledSurvival implements Survival {
  readonly refusal = null;
  readonly past: TreePast;
  readonly leftovers: readonly Leftover[];
  readonly leftTrees: readonly LeftTree[];
  readonly formerKeepers: readonly ProcessIdentity[];
  readonly #options: SurvivalOptions;
  readonly #stock: Stock;
  readonly #watched: WatchedDirectory;
  readonly #lastLife: LastLife;
  readonly #records: ProcessRecords;
  readonly #conversations = new Conversations((spec, state) => this.#records.noteConversation(spec, state));
  /** Of pipes that nobody needs any more once the leftovers have ended. */
  #uselessSlots: ReadonlySet<number> = new Set();
  #clear: Promise<void> | null = null;
  #becomeClear: () => void = () => {};
  #journal: Journal | null = null;

  constructor(options: SurvivalOptions, directory: RuntimeDirectory, stock: Stock) {
    const { log, os } = options;
    this.#options = options;
    this.#stock = stock;
    this.#watched = new WatchedDirectory(directory, log, options.watchDirectory);
    this.#lastLife = new LastLife(stock, os.clock.stamp());
    this.#records = new ProcessRecords(this.#lastLife);
    const { past, leftovers, leftTrees, adopted, mustWait } = this.#lastLife;
    this.past = past;
    this.leftovers = leftovers;
    this.leftTrees = leftTrees;
    this.formerKeepers = stock.keepers;
    for (const { spec, record } of adopted) {
      if (record.listener !== null) this.#conversations.begin(spec, record.listener);
    }
    if (mustWait) {
      this.#clear = new Promise((resolve) => {
        this.#becomeClear = resolve;
      });
    }
    for (const problem of stock.problems) log.warn(`the journal in ${directory.path}: ${problem}`);
    if (adopted.length > 0) {
      log.info(`going on with ${adopted.length} running programs of supervisord pid ${stock.header?.daemon.pid}`);
    }
  }

  get directory(): RuntimeDirectory {
    return this.#watched.directory;
  }

  survivor(spec: ProcessSpec): Survivor | null {
    return this.#lastLife.survivor(spec);
  }

  mustEnd(spec: ProcessSpec): boolean {
    return this.#lastLife.mustEnd(spec);
  }

  hasLastWords(spec: ProcessSpec): boolean {
    return this.#lastLife.hasLastWords(spec);
  }

  mayHaveLeftWords(spec: ProcessSpec): boolean {
    return this.#lastLife.mayHaveLeftWords(spec);
  }

  formerAutoLogs(spec: ProcessSpec): ProcessRecord['autoLogs'] {
    return this.#lastLife.formerAutoLogs(spec);
  }

  allAutoLogs(): ReadonlySet<string> {
    return this.#lastLife.allAutoLogs();
  }

  begin(ports: SurvivalPorts): void {
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
    this.#records.begin(this.#journal, ports);
    const kept = new Set(this.#lastLife.goneOnWith.map(({ slot }) => slot));
    this.#uselessSlots = new Set(this.directory.fifoSlots().filter((slot) => !kept.has(slot)));
    this.#watched.begin(this.#journal);
  }

  forgetEnded(): void {
    this.#records.forgetEnded();
    // Who holds the pipes of leftovers tells another daemon of them, should this one not see their end.
    if (this.leftovers.length === 0) this.directory.tidy(this.#uselessSlots);
  }

  forgetLeftovers(): void {
    if (this.leftovers.length > 0) this.directory.tidy(this.#uselessSlots);
    this.#records.forgetLeftovers();
    this.#clear = null;
    this.#becomeClear();
  }

  untilClear(): Promise<void> | null {
    return this.#clear;
  }

  pipes({ groupName, name }: ProcessSpec): string | null {
    if (this.#journal === null) return null;
    this.#watched.ensure();
    return `${this.directory.path}/${this.#journal.slotOf(groupName, name)}`;
  }

  spawning(spec: ProcessSpec, treeMark: string | null): void {
    this.#records.livesNoMore(spec);
    // What is spawned has said nothing yet.
    const listener = spec.kind === 'eventlistener' ? 'ACKNOWLEDGED' : null;
    this.#conversations.begin(spec);
    const { clock, startTicksNow } = this.#options.os;
    const facts = { state: 'STARTING', startedAt: clock.stamp(), listener, treeMark } as const;
    this.#records.note(spec, facts, startTicksNow() ?? 0);
  }

  spawned(spec: ProcessSpec, { pid, startTicks }: Pick<Spawned, 'pid' | 'startTicks'>): void {
    const program = startTicks === null ? this.#options.os.identify(pid) : { pid, startTicks };
    this.#records.lives(spec, program ?? { pid, startTicks: 0 });
  }

  exited(spec: ProcessSpec): void {
    this.#records.livesNoMore(spec);
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
    const facts = { state, stoppedAt, failures, lastExit, spawnError, restartDeclined };
    // When an attempt began is known to its child alone until that has told of it.
    this.#records.note(spec, state === 'STARTING' ? facts : { ...facts, startedAt });
  }

  forget(group: string): void {
    this.#records.forget(group);
  }

  keeps(keepers: readonly ProcessIdentity[]): void {
    this.#journal?.updateHeader({ keepers });
  }

  ending(): void {
    this.#journal?.updateHeader({ ending: true });
    // Should this daemon be killed now, the next one ends whatever it finds alive, however far this one has got with it.
    this.#records.end();
  }

  end(): void {
    this.#watched.end();
    this.#journal?.remove();
    this.directory.remove();
  }

  leave(): void {
    this.#watched.end();
    this.#journal?.close();
    this.directory.close();
  }
}
