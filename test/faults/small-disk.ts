/**
 * A tiny disk that only one daemon sees, mounted in its own mount namespace: it is gone with the daemon, however that
 * ends.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Daemon } from '../helpers/daemon.ts';

/** Where it is mounted, below the sandbox; the sandbox must have a file in it, so that it exists. */
export const diskFolder = 'small';

const diskBytes = 256 * 1024;

const mount = `mount -t tmpfs -o size=${diskBytes} none`;

/** Whether disks may be mounted here. */
export const canMount = spawnSync('unshare', ['-m', 'sh', '-c', `${mount} /mnt`]).status === 0;

/** To be given to `startDaemon`: mounts the disk, and starts the daemon where it is seen. */
export const shellWithDisk = `exec unshare -m sh -c '${mount} "$BLACKBOX_FOLDER/${diskFolder}" && exec "$0" "$@"' "$0" "$@"`;

export class SmallDisk {
  readonly #folder: string;

  constructor({ pid, sandbox }: Pick<Daemon, 'pid' | 'sandbox'>) {
    this.#folder = join(`/proc/${pid}/root`, sandbox.path(diskFolder));
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Text of a file; empty when it does not exist. */
  read(name: string): string {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : '';
  }

  size(name: string): number {
    return statSync(this.path(name)).size;
  }

  /** Takes all the room there is. */
  fill(): void {
    try {
      writeFileSync(this.path('filler'), Buffer.alloc(diskBytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  makeRoom(): void {
    rmSync(this.path('filler'));
  }
}
