/**
 * Makes a directory that nobody but us can reach into, and refuses one that somebody else could have put there or could
 * put something else in the place of. It never changes what is there already.
 */

import { constants, lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs';

export type PrivateDirectoryOutcome =
  | { readonly kind: 'private' }
  /** It, or a directory on the way to it, is not ours alone. `reason` is for people. */
  | { readonly kind: 'unsafe'; readonly reason: string }
  /** Somebody has deleted what was just made or seen. */
  | { readonly kind: 'vanished' }
  /** The system refused. */
  | { readonly kind: 'failed'; readonly reason: string };

const PARENT_MODE = 0o755;
const PRIVATE_MODE = 0o700;

/** `path` must be absolute. What is missing on the way is made, too: open to look at for root, else private. */
export function makePrivateDirectory(path: string): PrivateDirectoryOutcome {
  const user = process.geteuid?.() ?? 0;
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  let walked = '';
  try {
    for (const [index, name] of names.entries()) {
      const isLeaf = index === names.length - 1;
      const present = `${walked}/${name}`;
      const stats = lstatSync(present, { throwIfNoEntry: false }) ?? make(present, isLeaf || user !== 0);
      const leadsOn = !isLeaf && stats.isSymbolicLink() && stats.uid === 0;
      walked = leadsOn ? realpathSync(present) : present;
      const reason = objection(walked, leadsOn ? lstatSync(walked) : stats, { user, isLeaf });
      if (reason !== null) return { kind: 'unsafe', reason };
    }
    return { kind: 'private' };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'vanished' };
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

function make(path: string, isPrivate: boolean): Stats {
  try {
    mkdirSync(path, isPrivate ? PRIVATE_MODE : PARENT_MODE);
  } catch (error) {
    // Whoever was quicker is looked at like everybody else.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  return lstatSync(path);
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null);

/** Who may look at a directory, by its permission bits. */
export const isOpenToOthers = (stats: Stats): boolean => (stats.mode & (constants.S_IRWXG | constants.S_IRWXO)) !== 0;

const STICKY = 0o1000;

function objection(
  path: string,
  stats: Stats,
  { user, isLeaf }: { readonly user: number; readonly isLeaf: boolean },
): string | null {
  if (stats.isSymbolicLink()) return `${path} is a symbolic link`;
  if (!stats.isDirectory()) return `${path} is not a directory`;
  if (stats.uid !== user && (isLeaf || stats.uid !== 0)) return `${path} belongs to user ${stats.uid}`;
  if (isLeaf) return isOpenToOthers(stats) ? `${path} is open to others (its mode must be 0700)` : null;
  const canBeReplaced = (stats.mode & constants.S_IWOTH) !== 0 && (stats.mode & STICKY) === 0;
  return canBeReplaced ? `${path} can be written to by everybody` : null;
}
