/**
 * A listening unix socket that stays reachable: where somebody tidies its file away, as cleaners of /tmp do, another one is
 * made in its place. What others have put there is left alone.
 */

import { lstatSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type DirectoryWatch, type WatchDirectory, watchDirectoryPlainly } from '../os/directory-watch.ts';
import { openUnixSocket, type UnixListener, type UnixSocketOptions, type UnixSocketResult } from './unix-socket.ts';

export interface StandingSocketOptions extends UnixSocketOptions {
  readonly log: { warn(message: string): void };
  readonly watchDirectory?: WatchDirectory | undefined;
  /** Shorter in tests, both in milliseconds: from a sign to the look, and between two attempts. */
  readonly lookAfterMs?: number;
  readonly tryAgainMs?: number;
}

/** Only the first opening can fail; later ones are tried until they succeed. */
export async function openStandingSocket(options: StandingSocketOptions): Promise<UnixSocketResult> {
  const opened = await openUnixSocket(options);
  return opened.kind === 'listening' ? { kind: 'listening', listener: keepStanding(opened.listener, options) } : opened;
}

function keepStanding(first: UnixListener, options: StandingSocketOptions): UnixListener {
  const { path, log, watchDirectory = watchDirectoryPlainly, lookAfterMs = 50, tryAgainMs = 5000 } = options;
  const directory = dirname(path);
  let current = first;
  let watcher: DirectoryWatch | null = null;
  let looking: NodeJS.Timeout | null = null;
  let isMaking = false;
  let isMissing = false;
  let isEnded = false;

  const lookIn = (milliseconds: number): void => {
    if (isEnded) return;
    looking ??= setTimeout(look, milliseconds).unref();
  };

  const beginWatch = (): void => {
    watcher?.close();
    watcher = null;
    try {
      // The directory itself goes by its own name when it is deleted.
      const names = [basename(path), basename(directory)];
      watcher = watchDirectory(directory, (name) => {
        if (name === null || names.includes(name)) lookIn(lookAfterMs);
      });
    } catch {
      // Too many watches, say. The socket is served all the same as long as its file is there.
    }
  };

  function look(): void {
    looking = null;
    if (isMaking || isThere(path)) return;
    isMaking = true;
    void openUnixSocket({ ...options, inherited: null, notice: () => {} }).then((opened) => {
      isMaking = false;
      take(opened);
    });
  }

  function take(opened: UnixSocketResult): void {
    if (opened.kind === 'problem') {
      if (!isMissing) log.warn(`socket ${path} was removed, and cannot be made again: ${opened.problem.text}`);
      isMissing = true;
      lookIn(tryAgainMs);
      return;
    }
    if (isEnded) {
      opened.listener.close();
      return;
    }
    isMissing = false;
    log.warn(`socket ${path} was removed; it is made again`);
    // Its file is gone, so that closing it removes nothing.
    current.close();
    current = opened.listener;
    beginWatch();
    lookIn(lookAfterMs);
  }

  const end = (): void => {
    isEnded = true;
    watcher?.close();
    if (looking !== null) clearTimeout(looking);
  };

  beginWatch();
  // One that was taken over from another version may have lost its file before.
  look();
  return {
    path,
    close: () => {
      end();
      current.close();
    },
    handOver: () => {
      end();
      return current.handOver();
    },
  };
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    // Whatever else keeps from looking would keep from making it, too.
    return !(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'));
  }
}
