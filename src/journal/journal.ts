/**
 * Keeps the journal: the facts of each process at a fixed place in one file, written over with each change. It never
 * throws and never waits for the disk: only the daemon's own death matters, since nothing outlives the system's.
 */

import { renameSync, unlinkSync } from 'node:fs';
import type { ProcessRecord } from '../model/process-record.ts';
import type { JournalHeader } from './header.ts';
import { JournalFile } from './journal-file.ts';
import { journalName } from './layout.ts';
import { processRecordText } from './process-record-text.ts';
import type { SlotRecord } from './read-journal.ts';

export interface JournalRequest {
  /** The runtime directory, which is ours alone. */
  readonly directory: string;
  readonly header: JournalHeader;
  /** What is gone on with from an earlier journal: records keep their slots, and its file is replaced in one step. */
  readonly continued?: { readonly records: readonly SlotRecord[]; readonly reservedSlots: number };
  /** The journal is behind from now on. Called once until it is whole again; `reason` is for people. */
  readonly onFailure: (reason: string) => void;
  /** It is whole again. */
  readonly onRecovery: () => void;
}

export interface Journal {
  /** Number of a process, given out with the first question and kept until it is forgotten; never given out again. */
  slotOf(group: string, name: string): number;
  /** Puts down the facts of the process with these names. Facts that stand there already cost nothing. */
  write(record: ProcessRecord): void;
  /**
   * The same of facts that are about to be followed by others: they are put down with those, or before anything else is put
   * down, or at the end of what is being done at this moment, whatever comes first.
   */
  writeSoon(record: ProcessRecord): void;
  forget(group: string, name: string): void;
  updateHeader(changes: Partial<JournalHeader>): void;
  /** Whether everything that was to be written is in the file, and the file in its place. */
  isWhole(): boolean;
  /** Writes what could not be written before, to a new file if the old one is gone. False if that failed, too. */
  heal(): boolean;
  /** Leaves the file for the next daemon. */
  close(): void;
  /** Deletes the file, unless another one is in its place. */
  remove(): void;
}

/** Starts a journal in place of the one that may be there, which stays as it is if that fails. */
export function createJournal(request: JournalRequest): Journal {
  const journal = new FileJournal(request);
  journal.heal();
  return journal;
}

interface Entry {
  readonly slot: number;
  /** As it should stand in the file; null before the first time. */
  text: string | null;
}

/** Slot numbers are given out in advance, so that the header need not be written for each. */
const RESERVED_AT_ONCE = 64;
/** After a failure, how long what could not be written is not tried again, unless somebody asks for it. */
const PATIENCE_MS = 1000;

class FileJournal implements Journal {
  readonly #path: string;
  readonly #request: JournalRequest;
  readonly #entries = new Map<string, Entry>();
  /** What the file does not say yet. */
  readonly #owed = new Set<Entry>();
  /** One of these, which waits for what follows. */
  #late: Entry | null = null;
  #owesHeader = false;
  #header: JournalHeader;
  #file: JournalFile | null = null;
  #nextSlot: number;
  #reservedSlots: number;
  #failedAt: number | null = null;
  #isClosed = false;

  constructor(request: JournalRequest) {
    this.#request = request;
    this.#path = `${request.directory}/${journalName}`;
    this.#header = request.header;
    const { records, reservedSlots } = request.continued ?? { records: [], reservedSlots: 0 };
    for (const { slot, record } of records) {
      this.#entries.set(keyOf(record.group, record.name), { slot, text: processRecordText(record) });
    }
    this.#nextSlot = records.reduce((next, { slot }) => Math.max(next, slot + 1), reservedSlots);
    this.#reservedSlots = this.#nextSlot + RESERVED_AT_ONCE;
  }

  slotOf(group: string, name: string): number {
    return this.#entryOf(group, name).slot;
  }

  write(record: ProcessRecord): void {
    const entry = this.#noted(record);
    if (entry !== null) this.#change(entry);
  }

  writeSoon(record: ProcessRecord): void {
    const entry = this.#noted(record);
    if (entry === null || entry === this.#late) return;
    this.#payLate();
    this.#late = entry;
    queueMicrotask(() => this.#payLate());
  }

  forget(group: string, name: string): void {
    const key = keyOf(group, name);
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    entry.text = null;
    this.#owed.add(entry);
    this.#change(entry);
  }

  updateHeader(changes: Partial<JournalHeader>): void {
    this.#header = { ...this.#header, ...changes };
    this.#owesHeader = true;
    this.#change('header');
  }

  isWhole(): boolean {
    return this.#failedAt === null && this.#file?.isAt(this.#path) === true;
  }

  heal(): boolean {
    if (this.#isClosed) return false;
    return this.#attempt(() => {
      if (this.#file?.isAt(this.#path)) this.#payAll(this.#file);
      else this.#writeAnew();
    });
  }

  close(): void {
    this.#payLate();
    this.#isClosed = true;
    this.#file?.close();
    this.#file = null;
  }

  remove(): void {
    try {
      if (this.#file?.isAt(this.#path)) unlinkSync(this.#path);
    } catch {
      // Somebody else has deleted it.
    }
    this.close();
  }

  #entryOf(group: string, name: string): Entry {
    const key = keyOf(group, name);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry = { slot: this.#nextSlot, text: null };
    this.#nextSlot += 1;
    this.#entries.set(key, entry);
    if (this.#nextSlot > this.#reservedSlots) {
      this.#reservedSlots = this.#nextSlot + RESERVED_AT_ONCE;
      this.updateHeader({});
    }
    return entry;
  }

  /** Null when that stands there already. */
  #noted(record: ProcessRecord): Entry | null {
    const entry = this.#entryOf(record.group, record.name);
    const text = processRecordText(record);
    if (entry.text === text) return null;
    entry.text = text;
    this.#owed.add(entry);
    return entry;
  }

  #payLate(): void {
    const entry = this.#late;
    if (entry !== null) this.#change(entry);
  }

  #change(what: Entry | 'header'): void {
    const late = this.#late;
    this.#late = null;
    if (late !== null && late !== what) this.#write(late);
    this.#write(what);
  }

  /** Writes one change. While something else could not be written, that is tried again too, but not every time. */
  #write(what: Entry | 'header'): void {
    if (this.#isClosed) return;
    const file = this.#file;
    if (this.#failedAt !== null && performance.now() - this.#failedAt >= PATIENCE_MS) this.heal();
    else if (file !== null) this.#attempt(() => (what === 'header' ? this.#payHeader(file) : this.#pay(file, what)));
  }

  #attempt(write: () => void): boolean {
    try {
      write();
    } catch (error) {
      const isNews = this.#failedAt === null;
      this.#failedAt = performance.now();
      if (isNews) this.#request.onFailure(error instanceof Error ? error.message : String(error));
      return false;
    }
    const owesNothing = this.#owed.size === 0 && !this.#owesHeader;
    if (this.#failedAt !== null && owesNothing && this.#file?.isAt(this.#path)) {
      this.#failedAt = null;
      this.#request.onRecovery();
    }
    return true;
  }

  /** One record that cannot be written must not keep the others from it. */
  #payAll(file: JournalFile): void {
    if (this.#owesHeader) this.#payHeader(file);
    let failure: unknown = null;
    for (const entry of this.#owed) {
      try {
        this.#pay(file, entry);
      } catch (error) {
        failure = error;
      }
    }
    if (failure !== null) throw failure;
    file.tidy();
  }

  #payHeader(file: JournalFile): void {
    file.putHeader(this.#header, this.#reservedSlots);
    this.#owesHeader = false;
  }

  #pay(file: JournalFile, entry: Entry): void {
    if (entry.text === null) file.dropRecord(entry.slot);
    else file.putRecord(entry.slot, entry.text);
    this.#owed.delete(entry);
  }

  /** A kill at any moment leaves the old file or the new one in place, each of them whole. */
  #writeAnew(): void {
    const path = `${this.#path}.new`;
    const file = new JournalFile(path);
    try {
      file.putHeader(this.#header, this.#reservedSlots);
      for (const { slot, text } of this.#entries.values()) if (text !== null) file.putRecord(slot, text);
      renameSync(path, this.#path);
    } catch (error) {
      file.close();
      throw error;
    }
    this.#file?.close();
    this.#file = file;
    this.#owed.clear();
    this.#owesHeader = false;
  }
}

const keyOf = (group: string, name: string): string => JSON.stringify([group, name]);
