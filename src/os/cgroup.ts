/**
 * Control groups (version 2) as boxes that no descendant can leave: one below the daemon's own for each program that asks for
 * it. Where the system has none, or keeps them to itself, there are no boxes and the reason why.
 */

import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';

export interface Cgroup {
  readonly path: string;
  /** Moves a process and the children it already has into the box. Throws when the system refuses. */
  enter(pid: number): void;
  /** Pids in the box. */
  pids(): readonly number[];
  /** SIGKILL to everything in the box at once, whatever forks meanwhile. */
  kill(): void;
  /** Removes the empty box. One that is not empty stays. */
  remove(): void;
}

export type CgroupHome =
  /** `path`: the daemon's own group. */
  { readonly kind: 'usable'; readonly path: string } | { readonly kind: 'unusable'; readonly reason: string };

const prefix = 'statevisor-';
let made = 0;

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
  if (below.split('/').includes('..')) return unusable(`the own cgroup is not below ${mountPoint}`);
  const path = join(mountPoint, below);
  try {
    accessSync(join(path, 'cgroup.procs'), constants.W_OK);
    const probe = createCgroup(path);
    const canKill = existsSync(join(probe.path, 'cgroup.kill'));
    probe.remove();
    return canKill ? { kind: 'usable', path } : unusable('the kernel has no cgroup.kill');
  } catch (error) {
    return unusable(`${path} is not writable: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A new box below `home`. Throws when the system refuses. */
export function createCgroup(home: string): Cgroup {
  made += 1;
  const path = join(home, `${prefix}${process.pid}-${made}`);
  mkdirSync(path);
  return openCgroup(path);
}

/** The box of ours that a process is in; null when it is in none. */
export function cgroupOf(pid: number, home: string): Cgroup | null {
  const own = /^0::(.*)$/m.exec(readText(`/proc/${pid}/cgroup`))?.[1] ?? '';
  const name = own.split('/').find((part) => part.startsWith(prefix));
  const path = name === undefined ? null : join(home, name);
  return path !== null && existsSync(path) ? openCgroup(path) : null;
}

function openCgroup(path: string): Cgroup {
  return {
    path,
    enter: (pid) => enter(path, pid),
    pids: () => boxesIn(path).flatMap((box) => numbersIn(join(box, 'cgroup.procs'))),
    kill: () => writeFileSync(join(path, 'cgroup.kill'), '1'),
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

/** Children that were made before their parent was moved are not moved with it. */
function enter(path: string, pid: number): void {
  const procs = join(path, 'cgroup.procs');
  writeFileSync(procs, String(pid));
  for (const child of numbersIn(`/proc/${pid}/task/${pid}/children`)) enter(path, child);
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
