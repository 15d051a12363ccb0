/** Finds the processes that hold a named pipe open, by looking at everybody's descriptors. */

import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { type ProcessFacts, processFacts } from './process-identity.ts';

/**
 * Processes other than this one that have any of the pipes open, the oldest first. Only those show that this user may
 * look into, and that are worth a look.
 */
export function pipeHolders(
  paths: readonly string[],
  isWorthALook: (pid: number) => boolean = () => true,
): readonly ProcessFacts[] {
  const wanted = new Set(paths.flatMap((path) => identityOf(path) ?? []));
  if (wanted.size === 0) return [];
  const names = new Set(paths);
  const holders = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && isWorthALook(Number(name)))
    .filter((name) => holdsAny(`/proc/${name}/fd`, wanted, names))
    .flatMap((name) => processFacts(Number(name)) ?? []);
  return holders.toSorted((left, right) => left.startTicks - right.startTicks || left.pid - right.pid);
}

function holdsAny(directory: string, wanted: ReadonlySet<string>, names: ReadonlySet<string>): boolean {
  let descriptors: string[];
  try {
    descriptors = readdirSync(directory);
  } catch {
    return false;
  }
  return descriptors.some((name) => {
    const descriptor = `${directory}/${name}`;
    try {
      // The name first: it costs less than asking what is behind it.
      return names.has(readlinkSync(descriptor)) && wanted.has(identityOf(descriptor) ?? '');
    } catch {
      return false;
    }
  });
}

function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
