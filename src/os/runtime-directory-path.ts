/**
 * Where the runtime directory is when configuration does not say: the same place after every start, since a daemon that
 * looks elsewhere would not find what an earlier one has left running.
 */

import { createHash } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { posix } from 'node:path';

export interface RuntimeDirectoryRequest {
  /** As configuration says, absolute; null = the usual place. */
  readonly configured: string | null;
  /** As typed; a relative path counts from the present working directory. */
  readonly configFile: string;
  readonly identifier: string;
  /** The user the daemon runs as from now on. */
  readonly userId: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Where the runtime directory of a daemon is: the same for each start with the same configuration file and identifier.
 * Of several usual places the first counts that has one from an earlier start, whatever the environment says today.
 */
export function runtimeDirectoryPath(request: RuntimeDirectoryRequest): string {
  const { configured, userId, environment } = request;
  if (configured !== null) return configured;
  const places = userId === 0 ? ['/run/statevisor'] : placesOfUser(userId, environment);
  const paths = places.map((place) => `${place}/${leafName(request)}`);
  return paths.find((path) => isDirectoryOf(path, userId)) ?? paths[0] ?? '';
}

function placesOfUser(userId: number, environment: RuntimeDirectoryRequest['environment']): readonly string[] {
  const session = [environment.XDG_RUNTIME_DIR ?? '', `/run/user/${userId}`]
    .filter((place) => place.startsWith('/') && isDirectoryOf(place, userId))
    .map((place) => posix.join(place, 'statevisor'));
  // Not first the one of the session: it is deleted at a logout, while a daemon in the background lives on.
  return [`/tmp/statevisor-${userId}`, ...session];
}

const NAME_CHARACTERS = 32;
const HASH_CHARACTERS = 12;

function leafName({ configFile, identifier }: RuntimeDirectoryRequest): string {
  const hash = createHash('sha256')
    .update(`${realPath(configFile)}\0${identifier}`)
    .digest('hex');
  const name = identifier.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, NAME_CHARACTERS);
  return `${name}-${hash.slice(0, HASH_CHARACTERS)}`;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return posix.resolve(path);
  }
}

function isDirectoryOf(path: string, userId: number): boolean {
  try {
    const stats = lstatSync(path);
    return stats.isDirectory() && stats.uid === userId;
  } catch {
    return false;
  }
}
