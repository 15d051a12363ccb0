/**
 * Follows a log file the way Supervisor's `logtail` does: the end of it first, then whatever is added, on through rotation
 * and truncation. The file itself is what waits for a slow reader, so nothing is kept in memory.
 */

import { closeSync, type FSWatcher, fstatSync, openSync, readSync, type Stats, statSync, watch } from 'node:fs';

export type FollowedPart =
  /** Empty when nothing was added. The bytes are the caller's. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** The file became shorter; what follows is read from its beginning. */
  | { readonly kind: 'truncated' };

export interface LogFollower {
  /** When the file was last written to. */
  readonly modifiedAt: Date;
  /** What comes next, at most `maxBytes` of it. */
  read(maxBytes: number): FollowedPart;
  close(): void;
}

export interface LogFollowerOptions {
  /** How much of what is there already is read; of a shorter file everything is. */
  readonly tailBytes: number;
  /** Somebody touched the file. Not every system can tell, so the caller needs another sign as well. */
  readonly onTouched: () => void;
}

const nothing: FollowedPart = { kind: 'bytes', bytes: new Uint8Array(0) };

/** null when there is no such file, or it cannot be read. */
export function followLog(path: string, options: LogFollowerOptions): LogFollower | null {
  let file = openFile(path);
  if (file === null) return null;
  const { modifiedAt, size } = file;
  let position = Math.max(0, size - options.tailBytes);
  let watcher = watchFile(path, options.onTouched);

  /** Goes on with the file that has taken the place of the one read so far. True if there is one. */
  function followRotation(current: OpenFile): boolean {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined || identityOf(status) === current.identity) return false;
    const next = openFile(path);
    if (next === null) return false;
    closeSync(current.fd);
    watcher?.close();
    watcher = watchFile(path, options.onTouched);
    file = next;
    position = 0;
    return true;
  }

  return {
    modifiedAt,
    read: (maxBytes) => {
      while (file !== null) {
        const added = fstatSync(file.fd).size - position;
        if (added < 0) {
          position = 0;
          return { kind: 'truncated' };
        }
        if (added > 0) {
          const bytes = Buffer.allocUnsafeSlow(Math.min(added, maxBytes));
          const count = readSync(file.fd, bytes, 0, bytes.length, position);
          position += count;
          return { kind: 'bytes', bytes: bytes.subarray(0, count) };
        }
        if (!followRotation(file)) return nothing;
      }
      return nothing;
    },
    close: () => {
      if (file !== null) closeSync(file.fd);
      file = null;
      watcher?.close();
    },
  };
}

interface OpenFile {
  readonly fd: number;
  readonly identity: string;
  /** In bytes, when it was opened. */
  readonly size: number;
  readonly modifiedAt: Date;
}

/** Opens regular files, and what reads as empty; a pipe or a terminal would have to be waited for. */
function openFile(path: string): OpenFile | null {
  try {
    const status = statSync(path);
    if (!status.isFile() && !isNullDevice(status)) return null;
    const fd = openSync(path, 'r');
    const opened = fstatSync(fd);
    return { fd, identity: identityOf(opened), size: opened.size, modifiedAt: opened.mtime };
  } catch {
    return null;
  }
}

const identityOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`;

/** Linux's device number of /dev/null. */
const isNullDevice = (status: Stats): boolean => status.isCharacterDevice() && status.rdev === 0x103;

/** null where the system has no more watches to give. */
function watchFile(path: string, onTouched: () => void): FSWatcher | null {
  try {
    const watcher = watch(path, { persistent: false }, onTouched);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return null;
  }
}
