/** Finds the processes that hold a named pipe open, by looking at everybody's descriptors. */

import { readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { type ProcessFacts, processFacts } from './process-identity.ts';

interface Pipes {
  /** Device and number of each. */
  readonly identities: ReadonlySet<string>;
  /** As descriptors show them. */
  readonly names: ReadonlySet<string>;
}

/**
 * Processes other than this one that have any of the pipes open, the oldest first. Only those show that this user may
 * look into, and that are worth a look.
 */
export function pipeHolders(
  paths: readonly string[],
  isWorthALook: (pid: number) => boolean = () => true,
): readonly ProcessFacts[] {
  const identities = new Set(paths.flatMap((path) => identityOf(path) ?? []));
  return holdersOf({ identities, names: new Set(paths.map(realPath)) }, isWorthALook);
}

/**
 * The same for pipes of `directory` that have been deleted, as far as one of the `keepers` holds them: whatever else was
 * once a pipe there belongs to nobody. Keepers that this process has started are none.
 */
export function deletedPipeHolders(directory: string, isKeeper: (pid: number) => boolean): readonly ProcessFacts[] {
  const pipes = livingPids()
    .filter((pid) => isKeeper(pid) && isBesideUs(pid) && processFacts(pid)?.parentPid !== process.pid)
    .flatMap((pid) => deletedPipesOf(pid, realPath(directory)));
  return holdersOf(
    { identities: new Set(pipes.map(({ identity }) => identity)), names: new Set(pipes.map(({ name }) => name)) },
    () => true,
  );
}

const deletedName = /\/\d+\.(?:in|out|err) \(deleted\)$/;

function deletedPipesOf(
  pid: number,
  directory: string,
): readonly { readonly name: string; readonly identity: string }[] {
  return descriptorsOf(pid).flatMap((descriptor) => {
    const name = nameOf(descriptor);
    const suffix = name?.startsWith(`${directory}/`) ? name.slice(directory.length) : '';
    const identity = deletedName.exec(suffix)?.index === 0 ? identityOf(descriptor) : null;
    return name === null || identity === null ? [] : [{ name, identity }];
  });
}

/** In another mount namespace the same name means another place. */
function isBesideUs(pid: number): boolean {
  const own = nameOf('/proc/self/ns/mnt');
  return own !== null && nameOf(`/proc/${pid}/ns/mnt`) === own;
}

function holdersOf(pipes: Pipes, isWorthALook: (pid: number) => boolean): readonly ProcessFacts[] {
  if (pipes.identities.size === 0) return [];
  const holders = livingPids()
    .filter((pid) => pid !== process.pid && isWorthALook(pid) && holdsAny(pid, pipes))
    .flatMap((pid) => processFacts(pid) ?? []);
  return holders.toSorted((left, right) => left.startTicks - right.startTicks || left.pid - right.pid);
}

const livingPids = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function holdsAny(pid: number, { identities, names }: Pipes): boolean {
  // The name first: it costs less than asking what is behind it.
  return descriptorsOf(pid).some(
    (descriptor) => names.has(nameOf(descriptor) ?? '') && identities.has(identityOf(descriptor) ?? ''),
  );
}

function descriptorsOf(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).map((name) => `${directory}/${name}`);
  } catch {
    return [];
  }
}

/** Descriptors show where links on the way have led. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function nameOf(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}

function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
