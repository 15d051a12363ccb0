/**
 * A process that does nothing but keep pipes open, so that the last words of a program that ends while no daemon lives are
 * not lost. It is in a session of its own, where no terminal's signal reaches it, and ends with the daemon's orderly end.
 */

import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { errorName, posixSpawn, SystemError } from './native.ts';
import { startOf } from './proc-file.ts';
import type { Reaper } from './reaper.ts';

export interface Keeper {
  /** From now on just these descriptors are kept open, as they are at this moment. */
  hold(descriptors: readonly number[]): void;
  /** Nothing is kept any more. Resolves when none that was started here is left: whoever looks then finds none. */
  close(): Promise<void>;
}

export interface KeeperOptions {
  readonly reaper: Pick<Reaper, 'expect'>;
  readonly environment: Readonly<Record<string, string>>;
  /** Told of each keeper before the one in whose place it comes is ended; null when there is none any more. */
  readonly onPid: (pid: number | null) => void;
  /** Hears once why there is none. */
  readonly onProblem: (message: string) => void;
  /** Shorter in tests; see `defaultReviveAfterMs`. */
  readonly reviveAfterMs?: number;
  /** Others in tests; see `sleepPaths`. */
  readonly paths?: readonly string[];
}

const sleepPaths = ['/usr/bin/sleep', '/bin/sleep'];

/** Programs that are many in one look at the end of their own name which they are, so it must be `sleep`. */
const keeperName = 'statevisor-keeper/sleep';
const keeperArguments = [keeperName, String(2 ** 31 - 1)];

/** Milliseconds until a keeper that somebody has killed is replaced. */
const defaultReviveAfterMs = 1000;

/** Milliseconds that are waited for the end of one that was killed. */
const longestEndMs = 1000;

const SIGKILL = 9;

export function createKeeper(options: KeeperOptions): Keeper {
  const { reaper, environment, onPid, onProblem, reviveAfterMs = defaultReviveAfterMs, paths = sleepPaths } = options;
  let current: number | null = null;
  let held: readonly number[] = [];
  let reviving: NodeJS.Timeout | null = null;
  let complained = false;
  /** All that have not ended. */
  const living = new Set<number>();
  let onLastEnd = (): void => {};

  const cancelRevival = (): void => {
    if (reviving !== null) clearTimeout(reviving);
    reviving = null;
  };

  const complain = (message: string): void => {
    if (!complained) onProblem(message);
    complained = true;
  };

  const start = (): number | null => {
    const file = paths.find(isExecutable);
    if (file === undefined) {
      complain('there is no sleep command: what a program writes last, while no daemon lives, can be lost');
      return null;
    }
    try {
      const pid = spawnKeeper(file, environment, held);
      reaper.expect(pid, () => {
        living.delete(pid);
        if (living.size === 0) onLastEnd();
        if (current !== pid) return;
        current = null;
        onPid(null);
        reviving ??= setTimeout(replace, reviveAfterMs).unref();
      });
      living.add(pid);
      return pid;
    } catch (error) {
      complain(`cannot keep the pipes of programs open beyond the daemon: ${describe(error)}`);
      return null;
    }
  };

  const replace = (): void => {
    cancelRevival();
    const previous = current;
    const next = held.length > 0 ? start() : null;
    // Where there can be no other, the present one at least goes on with what it has.
    if (next === null && held.length > 0) return;
    current = next;
    if (current !== previous) onPid(current);
    if (previous !== null) end(previous);
  };

  const allEnded = (): Promise<void> =>
    new Promise((resolve) => {
      const patience = setTimeout(resolve, longestEndMs);
      onLastEnd = () => {
        clearTimeout(patience);
        resolve();
      };
      if (living.size === 0) onLastEnd();
    });

  return {
    hold: (descriptors) => {
      held = [...descriptors];
      replace();
    },
    close: async () => {
      held = [];
      replace();
      await allEnded();
    },
  };
}

const nameAtStart = `${keeperName}\0`;

/** Whether a process calls itself a keeper; whose keeper it is, its pipes tell. */
export function looksLikeKeeper(pid: number): boolean {
  try {
    return startOf(`/proc/${pid}/cmdline`, nameAtStart.length) === nameAtStart;
  } catch {
    return false;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, SIGKILL);
  } catch {
    // It has ended already.
  }
}

function spawnKeeper(file: string, environment: KeeperOptions['environment'], inherited: readonly number[]): number {
  const nowhere = openSync('/dev/null', 'r+');
  try {
    return posixSpawn({
      file,
      argv: keeperArguments,
      environment: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      directory: '/',
      stdio: [nowhere, nowhere, nowhere],
      inherited,
      ownSession: true,
    });
  } finally {
    closeSync(nowhere);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function describe(error: unknown): string {
  if (error instanceof SystemError) return error.code;
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number'
    ? errorName(-error.errno)
    : String(error);
}
