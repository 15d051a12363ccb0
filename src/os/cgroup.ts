/**
 * Control groups (version 2) as boxes that no descendant can leave: one below the daemon's own for each program that asks for
 * it. Where the system has none, or keeps them to itself, there are no boxes and the reason why.
 */

import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';

export interface Cgroup {
  readonly path: string;
  /** Moves a process into the box, but not the children it has. Throws when the system refuses. */
  enter(pid: number): void;
  /** Pids in the box. */
  pids(): readonly number[];
  /** SIGKILL to everything in the box at once, whatever forks meanwhile. Throws when this process is in it. */
  kill(): void;
  /** Removes the empty box. One that is not empty stays. */
  remove(): void;
}

export type CgroupHome =
  /** `path`: the daemon's own group. */
  { readonly kind: 'usable'; readonly path: string } | { readonly kind: 'unusable'; readonly reason: string };

const prefix = 'statevisor-';
/** Nobody needs as long from making a box to entering it, in milliseconds. */
const staleMs = 60_000;

/** Whether boxes can be made here: tried, not guessed. */
export function findCgroupHome(
  mounts = readText('/proc/self/mountinfo'),
  own = readText('/proc/self/cgroup'),
): CgroupHome {
  const unusable = (reason: string): CgroupHome => ({ kind: 'unusable', reason });
  const mount = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .find((fields) => fields[fields.indexOf('-') + 1] === 'cgroup2');
  const [root, mountPoint] = [mount?.[3], mount?.[4]];
  if (root === undefined || mountPoint === undefined) return unusable('cgroup version 2 is not mounted');
  const ownPath = /^0::(.*)$/m.exec(own)?.[1];
  const below = ownPath === undefined ? '..' : relative(root, ownPath);
  // What is outside of a namespace is written with `..`, which `relative` may have made disappear.
  if (`${ownPath}/${below}`.split('/').includes('..')) return unusable(`the own cgroup is not below ${mountPoint}`);
  const path = join(mountPoint, below);
  try {
    accessSync(join(path, 'cgroup.procs'), constants.W_OK);
    removeStale(path);
    const probe = createCgroup(path);
    const canKill = existsSync(join(probe.path, 'cgroup.kill'));
    probe.remove();
    return canKill ? { kind: 'usable', path } : unusable('the kernel has no cgroup.kill');
  } catch (error) {
    return unusable(`${path} is not writable: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Boxes of daemons that were killed, if they are empty. One that is young may just be about to be entered. */
function removeStale(home: string): void {
  for (const name of readdirSync(home)) {
    if (!name.startsWith(prefix)) continue;
    const ageMs = Date.now() - (statSync(join(home, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (ageMs > staleMs) openCgroup(join(home, name)).remove();
  }
}

/** A new box below `home`, to be found again by its mark. Throws when the system refuses. */
export function createCgroup(home: string, mark = randomBytes(8).toString('hex')): Cgroup {
  // The number of a daemon says little: each container has its own PID 1.
  const path = join(home, `${prefix}${process.pid}-${mark}`);
  mkdirSync(path);
  return openCgroup(path);
}

/** The box with that mark, whichever daemon has made it; null when there is none. */
export function findCgroup(home: string, mark: string): Cgroup | null {
  const name = namesIn(home).find((one) => one.startsWith(prefix) && one.endsWith(`-${mark}`));
  return name === undefined ? null : openCgroup(join(home, name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The box of ours that a process is in; null when it is in none. */
export function cgroupOf(pid: number, home: string): Cgroup | null {
  const own = /^0::(.*)$/m.exec(readText(`/proc/${pid}/cgroup`))?.[1] ?? '';
  const name = own.split('/').find((part) => part.startsWith(prefix));
  const path = name === undefined ? null : join(home, name);
  return path !== null && existsSync(path) ? openCgroup(path) : null;
}

/** A cgroup that exists. */
export function openCgroup(path: string): Cgroup {
  return {
    path,
    enter: (pid) => writeFileSync(join(path, 'cgroup.procs'), String(pid)),
    pids: () => pidsIn(path),
    kill: () => {
      if (pidsIn(path).includes(process.pid)) throw new Error(`this process is itself in ${path}`);
      writeFileSync(join(path, 'cgroup.kill'), '1');
    },
    remove: () => {
      for (const box of boxesIn(path).toReversed()) {
        try {
          rmdirSync(box);
        } catch {
          // Not empty: somebody is still in it.
        }
      }
    },
  };
}

/** The box and those that its inhabitants have made in it, outermost first. */
function boxesIn(path: string): readonly string[] {
  try {
    const inner = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [path, ...inner.flatMap(({ name }) => boxesIn(join(path, name)))];
  } catch {
    return [];
  }
}

const pidsIn = (path: string): readonly number[] =>
  boxesIn(path).flatMap((box) => numbersIn(join(box, 'cgroup.procs')));

const numbersIn = (file: string): readonly number[] =>
  readText(file)
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(Number);

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
