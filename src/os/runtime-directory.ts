/**
 * The directory of what must outlive the daemon: its journal, and the named pipes of its programs. It is ours alone and
 * locked as long as the daemon lives, so that no second daemon touches the same programs; the lock also keeps
 * systemd-tmpfiles from tidying it away. Deleting never follows a link.
 */

import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  rmdirSync,
  type Stats,
} from 'node:fs';
import { posix } from 'node:path';
import { lockExclusively } from './exclusive-lock.ts';
import { nativeCall } from './libc.ts';
import { closeOnExec } from './native.ts';
import { isOpenToOthers, makePrivateDirectory } from './private-directory.ts';

export { type RuntimeDirectoryRequest, runtimeDirectoryPath } from './runtime-directory-path.ts';

export interface RuntimeDirectory {
  readonly path: string;
  /** The open, locked directory: whoever gets it handed on over an exec has the lock, too. */
  readonly descriptor: number;
  /** Whether the path still names this directory. */
  stillThere(): boolean;
  /** Numbers of the named pipes that are in it, whoever made them: `7` for `7.in`, `7.out`, `7.err`. */
  fifoSlots(): readonly number[];
  /** Deletes the named pipes with these numbers, and what a version has said that was tried. */
  tidy(slots: ReadonlySet<number>): void;
  /** Deletes what is ours, then the directory unless something else is left in it, then gives up the lock. */
  remove(): void;
  /** Gives up the lock and leaves everything where it is. */
  close(): void;
}

export type RuntimeDirectoryOutcome =
  | { readonly kind: 'open'; readonly directory: RuntimeDirectory }
  /** A living process has the lock; null if the system does not say which. */
  | { readonly kind: 'held'; readonly by: number | null }
  | { readonly kind: 'unsafe' | 'failed'; readonly reason: string };

/** How often a directory is looked for anew that its last owner was just removing. */
const ATTEMPTS = 20;

export interface OpeningOptions {
  /**
   * The descriptor of an earlier daemon in the same process, which has the lock already; it belongs to the result from now
   * on, and is closed if it is not this directory's.
   */
  readonly handedOn?: number | null;
  /** See `lockExclusively`. */
  readonly patience?: number;
}

/** Makes the directory if needed and locks it. */
export function openRuntimeDirectory(
  path: string,
  { handedOn = null, patience }: OpeningOptions = {},
): RuntimeDirectoryOutcome {
  if (handedOn !== null) {
    closeOnExec(handedOn);
    const outcome = lockOrClose(path, handedOn, patience);
    if (outcome?.kind === 'open') return outcome;
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const made = makePrivateDirectory(path);
    if (made.kind === 'vanished') continue;
    if (made.kind !== 'private') return made;
    const outcome = open(path, patience);
    if (outcome !== null) return outcome;
  }
  return { kind: 'failed', reason: `${path} vanishes again and again` };
}

/** null when the directory vanished meanwhile. */
function open(path: string, patience: number | undefined): RuntimeDirectoryOutcome | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
  return lockOrClose(path, fd, patience);
}

function lockOrClose(path: string, fd: number, patience: number | undefined): RuntimeDirectoryOutcome | null {
  const outcome = lock(path, fd, patience);
  if (outcome?.kind !== 'open') closeSync(fd);
  return outcome;
}

function lock(path: string, fd: number, patience: number | undefined): RuntimeDirectoryOutcome | null {
  // What was checked by its path can have been another directory than the one that was opened.
  const stats = fstatSync(fd);
  if (stats.uid !== process.geteuid?.() || isOpenToOthers(stats))
    return { kind: 'unsafe', reason: `${path} is not ours alone` };
  const outcome = lockExclusively(fd, patience);
  if (outcome.kind === 'held') return outcome;
  if (outcome.kind === 'failed') return { kind: 'failed', reason: `flock ${path}: ${outcome.code}` };
  return isAt(path, stats) ? { kind: 'open', directory: lockedDirectory(path, fd, stats) } : null;
}

/** Whether a path names just that, itself and not through a link. */
function isAt(path: string, { ino, dev }: Pick<Stats, 'ino' | 'dev'>): boolean {
  const present = lstatSync(path, { throwIfNoEntry: false });
  return present?.ino === ino && present.dev === dev;
}

/** @param identity - Of what the descriptor is, which never changes. */
function lockedDirectory(path: string, fd: number, identity: Pick<Stats, 'ino' | 'dev'>): RuntimeDirectory {
  return {
    path,
    descriptor: fd,
    stillThere: () => isAt(path, identity),
    fifoSlots: () => {
      const slots = entries(fd).map(({ name }) => fifoName.exec(name)?.[1]);
      return [...new Set(slots.filter((slot) => slot !== undefined).map(Number))];
    },
    tidy: (slots) => {
      deleteOurs(fd, (name) => {
        const slot = fifoName.exec(name)?.[1];
        return slot === undefined ? trialNames.has(name) : slots.has(Number(slot));
      });
    },
    remove: () => {
      deleteOurs(fd, () => true);
      if (isAt(path, identity)) removeDirectories(path);
      closeSync(fd);
    },
    close: () => closeSync(fd),
  };
}

const fifoName = /^(\d+)\.(?:in|out|err)$/;
/** Where a version that is tried may leave what it says. */
export const trialFiles = { stdout: 'trial.out', stderr: 'trial.err' } as const;
const trialNames: ReadonlySet<string> = new Set(Object.values(trialFiles));
const fileNames: ReadonlySet<string> = new Set(['journal', 'journal.new', ...trialNames]);

const unlinkat = nativeCall<[directory: number, name: string, flags: number], number>(
  'int unlinkat(int directory, const char *name, int flags)',
);

/** Through the descriptor: whatever stands at the path by now is not touched. */
function entries(fd: number): readonly Dirent[] {
  try {
    return readdirSync(`/proc/self/fd/${fd}/`, { withFileTypes: true });
  } catch {
    return [];
  }
}

function deleteOurs(fd: number, isDue: (name: string) => boolean): void {
  for (const entry of entries(fd)) {
    const { name } = entry;
    const isOurs = entry.isFIFO() ? fifoName.test(name) || name === '.probe' : entry.isFile() && fileNames.has(name);
    // If it cannot be deleted, somebody else has done so, or the directory stays and says it.
    if (isOurs && isDue(name)) unlinkat(fd, name, 0);
  }
}

/** The directory, and the one we made around it if nothing else is in there. */
function removeDirectories(path: string): void {
  const parent = posix.dirname(path);
  try {
    rmdirSync(path);
    if (/^statevisor(-\d+)?$/.test(posix.basename(parent))) rmdirSync(parent);
  } catch {
    // Not empty: what is in there is not ours to delete.
  }
}
