/**
 * Tells when something is taken out of a directory, or put in the place of what was there. Node's own watch also reports
 * each write to anything in it: in the directory of the pipes that is each line of each program, which costs the program a
 * tenth of its speed and the daemon a second waking for each line. So the kernel is asked for less.
 */

import { closeSync, watch as nodeWatch, readSync } from 'node:fs';
import { takesFastPath } from './fast-paths.ts';
import { checked, nativeCall } from './libc.ts';
import type { Readiness } from './readiness.ts';
import type { Watch } from './watch.ts';

/**
 * Calls `onChange` with the name of what was removed, moved away or moved there; null when the directory itself was, or
 * nobody knows. It may be called for more than that. Throws what the system refuses.
 */
export type WatchDirectory = (path: string, onChange: (name: string | null) => void) => DirectoryWatch;

export type DirectoryWatch = Pick<Watch, 'close'>;

/** With Node's own watch. */
export const watchDirectoryPlainly: WatchDirectory = (path, onChange) => {
  const watcher = nodeWatch(path, { persistent: false }, (kind, name) => {
    if (kind === 'rename') onChange(name);
  });
  watcher.on('error', () => watcher.close());
  return watcher;
};

const inotifyInit = nativeCall<[flags: number], number>('int inotify_init1(int flags)');
const addWatch = nativeCall<[fd: number, path: string, mask: number], number>(
  'int inotify_add_watch(int fd, const char *path, uint mask)',
);
const removeWatch = nativeCall<[fd: number, watch: number], number>('int inotify_rm_watch(int fd, int watch)');

const IN_NONBLOCK = 0o4000;
const IN_CLOEXEC = 0o2000000;
const IN_MOVED_FROM = 0x40;
const IN_MOVED_TO = 0x80;
const IN_DELETE = 0x200;
const IN_DELETE_SELF = 0x400;
const IN_MOVE_SELF = 0x800;
const IN_ONLYDIR = 0x1000000;
/** The watch is no more, since its directory is. */
const IN_IGNORED = 0x8000;
const wantedEvents = IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/** Of a record: watch, mask, cookie, length of the name that follows. */
const headBytes = 16;
const batchBytes = 8192;

type Listener = (name: string | null) => void;

export interface DirectoryWatchingOptions {
  readonly readiness: Pick<Readiness, 'watch'>;
  /** Whether to use Node's own watch in any case. */
  readonly plain?: boolean;
}

/** One descriptor serves all watches, from the first to the last. */
export function createDirectoryWatching(options: DirectoryWatchingOptions): WatchDirectory {
  const { readiness, plain = !takesFastPath('directory-watch') } = options;
  if (plain) return watchDirectoryPlainly;
  const listeners = new Map<number, Set<Listener>>();
  let source: { readonly fd: number; readonly watch: DirectoryWatch } | null = null;

  const open = (): number => {
    if (source !== null) return source.fd;
    const fd = checked('inotify_init1', inotifyInit(IN_NONBLOCK | IN_CLOEXEC));
    try {
      source = { fd, watch: readiness.watch(fd, () => report(fd)) };
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  };

  const closeUnused = (): void => {
    if (source === null || listeners.size > 0) return;
    source.watch.close();
    closeSync(source.fd);
    source = null;
  };

  const report = (fd: number): void => {
    for (const { watch, mask, name } of readRecords(fd)) {
      const concerned = watch < 0 ? [...listeners.values()].flatMap((some) => [...some]) : (listeners.get(watch) ?? []);
      if ((mask & IN_IGNORED) !== 0) listeners.delete(watch);
      else for (const listener of [...concerned]) listener(name);
    }
    closeUnused();
  };

  return (path, onChange) => {
    const fd = open();
    const watch = addWatch(fd, path, wantedEvents);
    if (watch < 0) {
      try {
        checked('inotify_add_watch', watch);
      } finally {
        closeUnused();
      }
    }
    // Of one directory there is one watch, however many ask for it.
    const same = listeners.get(watch) ?? new Set();
    // A function of its own: the same listener may be given twice.
    const listener: Listener = (name) => onChange(name);
    same.add(listener);
    listeners.set(watch, same);
    return {
      close: () => {
        if (!same.delete(listener) || same.size > 0 || listeners.get(watch) !== same) return;
        listeners.delete(watch);
        if (source !== null) removeWatch(source.fd, watch);
        closeUnused();
      },
    };
  };
}

interface DirectoryRecord {
  /** Negative: some records were lost. */
  readonly watch: number;
  readonly mask: number;
  readonly name: string | null;
}

function readRecords(fd: number): readonly DirectoryRecord[] {
  const bytes = Buffer.alloc(batchBytes);
  const records: DirectoryRecord[] = [];
  const length = readSync(fd, bytes);
  for (let at = 0; at + headBytes <= length; ) {
    const nameBytes = bytes.readUInt32LE(at + 12);
    const name = bytes.toString('utf8', at + headBytes, at + headBytes + nameBytes).replace(/\0+$/, '');
    records.push({ watch: bytes.readInt32LE(at), mask: bytes.readUInt32LE(at + 4), name: name === '' ? null : name });
    at += headBytes + nameBytes;
  }
  return records;
}
