/**
 * Everything that one program starts, as something that can be looked at and ended. It is kept in a control group where the
 * system allows that, and found in /proc in any case.
 */

import { randomBytes } from 'node:crypto';
import {
  type Cgroup,
  type CgroupHome,
  cgroupOf,
  createCgroup,
  findCgroup,
  findCgroupHome,
  openCgroup,
} from './cgroup.ts';
import { leftTree } from './left-tree.ts';
import type { EndableTree, ProgramTree } from './os.ts';
import { type ProcessFacts, processFacts } from './process-identity.ts';
import { markedTree, marksOf, type TreeOrigin, treeOf, treeVariable } from './process-tree.ts';
import { killMembers, signalMembers } from './tree-members.ts';

export interface ProgramTrees {
  /** For a program that is about to be started. */
  open(): ProgramTree;
  /** Of a program that an earlier daemon has started, with its mark where that is known. */
  find(pid: number, mark: string | null): ProgramTree;
  /** What is certain to be left of a tree whose program has ended unseen; null when nothing is. */
  findLeft(mark: string): EndableTree | null;
}

/** @param onMethod - hears how trees are kept together: with the first of them, and should it change. */
export function createProgramTrees(options: {
  readonly environment: Readonly<Record<string, string>>;
  readonly onMethod: (message: string) => void;
}): ProgramTrees {
  const outer = options.environment[treeVariable]?.split(' ') ?? [];
  let home: CgroupHome | null = null;
  const boxes: Boxes = {
    home: () => {
      home ??= tell(findCgroupHome());
      return home.kind === 'usable' ? home.path : null;
    },
    giveUp: (reason) => {
      home = tell({ kind: 'unusable', reason });
    },
  };
  const tell = (found: CgroupHome): CgroupHome => {
    options.onMethod(describeMethod(found));
    return found;
  };
  return {
    open: () => {
      boxes.home();
      const mark = randomBytes(8).toString('hex');
      return new Tree(boxes, mark, [...outer, mark].join(' '));
    },
    find: (pid, known) => {
      const home = boxes.home();
      const marks = marksOf(pid);
      // Of the trees it is in, those that the daemon is in as well are not its own.
      const mark = known ?? marks.findLast((one) => !outer.includes(one)) ?? null;
      const tree = new Tree(boxes, mark, marks.join(' '));
      tree.adopt(pid, home === null ? null : cgroupOf(pid, home));
      return tree;
    },
    findLeft: (mark) => {
      // A daemon that is in it itself was started by what is left: it cannot tell who of them is to go.
      if (outer.includes(mark)) return null;
      const home = boxes.home();
      return leftTree(mark, home === null ? null : findCgroup(home, mark));
    },
  };
}

const describeMethod = (home: CgroupHome): string =>
  home.kind === 'usable'
    ? `killtree: what programs start is kept together by cgroups in ${home.path}`
    : `killtree: what programs start is found by looking through /proc (no cgroups: ${home.reason})`;

/** Where cgroups for programs can be made. */
interface Boxes {
  /** null: nowhere. */
  home(): string | null;
  giveUp(reason: string): void;
}

class Tree implements ProgramTree {
  readonly environment: Readonly<Record<string, string>>;
  readonly mark: string | null;
  readonly #boxes: Boxes;
  #origin: TreeOrigin | null = null;
  #cgroup: Cgroup | null = null;

  constructor(boxes: Boxes, mark: string | null, value: string) {
    this.#boxes = boxes;
    this.mark = mark;
    this.environment = { [treeVariable]: value };
  }

  start<Failure extends object>(start: () => number | Failure): number | Failure {
    this.close();
    const home = this.#boxes.home();
    const outcome = home === null ? start() : this.#startInside(home, start);
    if (typeof outcome === 'number') this.adopt(outcome, this.#cgroup);
    else this.close();
    return outcome;
  }

  /** A child begins its life in the cgroup of its parent: there is no moment in which it could leave. */
  #startInside<Outcome>(home: string, start: () => Outcome): Outcome {
    try {
      this.#cgroup = createCgroup(home, this.mark ?? undefined);
      this.#cgroup.enter(process.pid);
    } catch (error) {
      this.close();
      this.#boxes.giveUp(String(error));
      return start();
    }
    try {
      return start();
    } finally {
      try {
        openCgroup(home).enter(process.pid);
      } catch (error) {
        // This process stays where it must not be killed with the others.
        this.#cgroup = null;
        this.#boxes.giveUp(String(error));
      }
    }
  }

  /** Takes a running program as the origin, with the box it is in. */
  adopt(pid: number, cgroup: Cgroup | null): void {
    const facts = processFacts(pid);
    this.#cgroup = cgroup;
    this.#origin = facts && {
      pid,
      startTicks: facts.startTicks,
      mark: this.mark,
      inheritedSession: facts.sessionId === pid ? null : facts.sessionId,
    };
  }

  living(): readonly number[] {
    return this.#members().map(({ pid }) => pid);
  }

  signal(number: number): readonly number[] {
    return signalMembers(this.#members(), number);
  }

  kill(): readonly number[] {
    return killMembers(this.#cgroup, () => this.#members());
  }

  close(): void {
    this.#cgroup?.remove();
    this.#cgroup = null;
  }

  #members(): readonly ProcessFacts[] {
    const known = new Set(this.#cgroup?.pids());
    if (this.#origin !== null) return treeOf(this.#origin, known);
    // It was gone before it could be looked at.
    return this.mark === null ? [] : markedTree(this.mark, known);
  }
}
