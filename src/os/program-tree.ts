/**
 * Everything that one program starts, as something that can be looked at and ended. It is kept in a control group where the
 * system allows that, and found in /proc in any case.
 */

import { randomBytes } from 'node:crypto';
import { type Cgroup, type CgroupHome, cgroupOf, createCgroup, findCgroupHome } from './cgroup.ts';
import { killAll, signalExactly } from './exact-signal.ts';
import type { ProgramTree } from './os.ts';
import { type ProcessFacts, processFacts } from './process-identity.ts';
import { marksOf, type TreeOrigin, treeOf, treeVariable } from './process-tree.ts';

export interface ProgramTrees {
  /** For a program that is about to be started. */
  open(): ProgramTree;
  /** Of a program that an earlier daemon has started. */
  find(pid: number): ProgramTree;
}

/** @param onMethod - hears once how trees are kept together, with the first of them. */
export function createProgramTrees(options: {
  readonly environment: Readonly<Record<string, string>>;
  readonly onMethod: (message: string) => void;
}): ProgramTrees {
  let home: CgroupHome | null = null;
  const homePath = (): string | null => {
    if (home === null) {
      home = findCgroupHome();
      options.onMethod(describeMethod(home));
    }
    return home.kind === 'usable' ? home.path : null;
  };
  return {
    open: () => {
      const mark = randomBytes(8).toString('hex');
      const outer = options.environment[treeVariable];
      return new Tree(homePath(), mark, outer === undefined ? mark : `${outer} ${mark}`);
    },
    find: (pid) => {
      const path = homePath();
      const marks = marksOf(pid);
      const tree = new Tree(path, marks.at(-1) ?? null, marks.join(' '));
      tree.adopt(pid, path === null ? null : cgroupOf(pid, path));
      return tree;
    },
  };
}

const describeMethod = (home: CgroupHome): string =>
  home.kind === 'usable'
    ? `killtree: what programs start is kept together by cgroups in ${home.path}`
    : `killtree: what programs start is found by looking through /proc (no cgroups: ${home.reason})`;

class Tree implements ProgramTree {
  readonly environment: Readonly<Record<string, string>>;
  readonly #home: string | null;
  readonly #mark: string | null;
  #origin: TreeOrigin | null = null;
  #cgroup: Cgroup | null = null;

  constructor(home: string | null, mark: string | null, value: string) {
    this.#home = home;
    this.#mark = mark;
    this.environment = { [treeVariable]: value };
  }

  enter(pid: number): void {
    this.adopt(pid, null);
    if (this.#home === null) return;
    try {
      this.#cgroup = createCgroup(this.#home);
      this.#cgroup.enter(pid);
    } catch {
      // Refused, or the program has ended already. /proc tells as much as it can.
      this.close();
    }
  }

  /** Takes a running program as the origin, with the box it is in. */
  adopt(pid: number, cgroup: Cgroup | null): void {
    const facts = processFacts(pid);
    this.#cgroup = cgroup;
    this.#origin = facts && {
      pid,
      startTicks: facts.startTicks,
      mark: this.#mark,
      inheritedSession: facts.sessionId === pid ? null : facts.sessionId,
    };
  }

  living(): readonly number[] {
    return this.#members().map(({ pid }) => pid);
  }

  signal(number: number): readonly number[] {
    return this.#members()
      .filter((one) => signalExactly(one, number).kind === 'failed')
      .map(({ pid }) => pid);
  }

  kill(): readonly number[] {
    try {
      this.#cgroup?.kill();
    } catch {
      // Removed by somebody else, with nobody left in it.
    }
    return killAll(() => this.#members());
  }

  close(): void {
    this.#cgroup?.remove();
    this.#cgroup = null;
  }

  #members(): readonly ProcessFacts[] {
    return this.#origin === null ? [] : treeOf(this.#origin, new Set(this.#cgroup?.pids()));
  }
}
