/**
 * The names of rotated files, as Supervisor gives them: `log.1` is the youngest, `log.N` the oldest. Only renames
 * happen here, so that a rotation can never lose what is in the youngest file.
 */

import { renameSync } from 'node:fs';
import { errorCode } from '../os/system-error.ts';

/**
 * Makes `path` free by renaming it to `path.1`, after `path.1` to `path.2` and so on; what was `path.<backups>` is
 * replaced. Names that do not exist are passed over.
 *
 * @param backups - At least 1.
 * @throws The system's error when a rename is refused. Names renamed before stay so; a repetition goes on from there.
 */
export function shiftBackups(path: string, backups: number): void {
  for (let number = backups - 1; number > 0; number -= 1) {
    renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
  }
  renameIfThere(path, `${path}.1`);
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
