/**
 * What a process has started, found in /proc: by parentage while the tree stands, and by what descendants carry along when
 * it does not – a mark in their environment, their session, their process group. Reads only; a number alone is never
 * believed, for it may have been given away again.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { isDead, type ProcessFacts, processFacts } from './process-identity.ts';

/** In the environment of a program whose tree is to be found again: the marks of all trees it belongs to, by blanks. */
export const treeVariable = 'STATEVISOR_TREE';

export interface TreeOrigin {
  readonly pid: number;
  readonly startTicks: number;
  /** One word of `treeVariable`; null when the origin carries none. */
  readonly mark: string | null;
  /** The session it was started in; any other was opened within the tree. null when that is not known. */
  readonly inheritedSession: number | null;
}

/** Every process that has not ended. */
export const livingProcesses = (): readonly ProcessFacts[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processFacts(Number(name)))
    .filter((facts) => facts !== null && !isDead(facts)) as readonly ProcessFacts[];

/** Children, their children and so on; the process itself is not among them. */
export function descendantsOf(pid: number, all: readonly ProcessFacts[] = livingProcesses()): readonly ProcessFacts[] {
  return closure(
    all,
    [],
    (members) =>
      ({ parentPid }) =>
        parentPid === pid || members.has(parentPid),
  );
}

/**
 * The origin itself and everything it has started. `known` are processes that are of the tree for another reason. This
 * process and PID 1 never are.
 */
export function treeOf(
  origin: TreeOrigin,
  known: ReadonlySet<number> = new Set(),
  all: readonly ProcessFacts[] = livingProcesses(),
): readonly ProcessFacts[] {
  const { pid, startTicks, mark, inheritedSession } = origin;
  const candidates = all.filter((one) => one.startTicks >= startTicks && one.pid !== process.pid && one.pid !== 1);
  const leader = all.find((one) => one.pid === pid);
  const ownsGroup = leader === undefined || leader.startTicks === startTicks;
  const seeds = candidates.filter(
    (one) =>
      (one.pid === pid && one.startTicks === startTicks) ||
      known.has(one.pid) ||
      (ownsGroup && one.groupId === pid) ||
      (mark !== null && marksOf(one.pid).includes(mark)),
  );
  const ownSession = processFacts(process.pid)?.sessionId;
  const isOpenedWithin = ({ sessionId }: ProcessFacts): boolean =>
    inheritedSession !== null && sessionId !== inheritedSession && sessionId !== ownSession;
  return closure(candidates, seeds, (members) => {
    const within = candidates.filter((one) => members.has(one.pid) && isOpenedWithin(one));
    const sessions = new Set(within.map(({ sessionId }) => sessionId));
    return ({ parentPid, sessionId }) => members.has(parentPid) || sessions.has(sessionId);
  });
}

/**
 * Everything that carries the mark, is among `known`, or has been started by such a process: what is certain of a tree whose
 * origin has ended unseen. Its numbers, those of its groups and sessions too, may have been given away again.
 */
export function markedTree(
  mark: string,
  known: ReadonlySet<number> = new Set(),
  all: readonly ProcessFacts[] = livingProcesses(),
): readonly ProcessFacts[] {
  const candidates = all.filter(({ pid }) => pid !== process.pid && pid !== 1);
  const seeds = candidates.filter(({ pid }) => known.has(pid) || marksOf(pid).includes(mark));
  return closure(
    candidates,
    seeds,
    (members) =>
      ({ parentPid }) =>
        members.has(parentPid),
  );
}

/**
 * Adds to the seeds whatever belongs to the members so far, until nothing does. What belongs is asked anew after each round:
 * numbers start again from the beginning now and then, so that a descendant may stand before those it belongs to.
 */
function closure(
  all: readonly ProcessFacts[],
  seeds: readonly ProcessFacts[],
  belonging: (members: ReadonlySet<number>) => (one: ProcessFacts) => boolean,
): readonly ProcessFacts[] {
  const members = new Set(seeds.map(({ pid }) => pid));
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    const belongs = belonging(members);
    for (const one of all) if (belongs(one)) members.add(one.pid);
  }
  return all.filter(({ pid }) => members.has(pid));
}

/** The marks a process was started with; none when it may not be looked into, or has ended. */
export function marksOf(pid: number): readonly string[] {
  let environment: string;
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return [];
  }
  const entry = environment.split('\0').find((text) => text.startsWith(`${treeVariable}=`));
  return entry?.slice(treeVariable.length + 1).split(' ') ?? [];
}
