/**
 * One supervisor at work with its programs: started, looked at, given orders, ended. However a measurement goes, `end` leaves no
 * process of it behind.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { commandIndex, type Mark, type Marks, nowMs, openMarks } from './marks.ts';
import { family, isAlive, namesPath, processesOf } from './processes.ts';
import type { Plan, Rival, Task } from './rivals/rival.ts';
import type { Workshop } from './workshop.ts';

export interface Running {
  readonly rival: Rival;
  readonly plan: Plan;
  readonly marks: Marks;
  /** When its own command began. */
  readonly beganMs: number;
  /** The first mark of every program. */
  readonly started: readonly Mark[];
  /** The supervisor's own processes, without the programs. */
  ownProcesses(): readonly number[];
  /** The programs that have told of themselves and run. */
  programs(): readonly number[];
  /** Milliseconds from the beginning of a command to its end. */
  wall(command: readonly string[]): Promise<number>;
  /** Asks it to end: milliseconds until it, whatever belongs to it and all programs have ended. */
  shutDown(): Promise<number>;
  /** Ends everything at once. */
  end(): Promise<void>;
}

const endPatienceMs = 120_000;

/** Whatever runs now: an interrupted measurement ends it all. */
const current = new Set<Running>();

export async function endAll(): Promise<void> {
  for (const running of current) await running.end();
}

/**
 * Starts a supervisor, and waits until all of its programs run.
 *
 * @param command - Of the programs, given where they tell that they run, with `%d` for their number.
 */
export async function startRival(
  workshop: Workshop,
  rival: Rival,
  { command, ...task }: Pick<Task, 'count' | 'isWritten'> & { readonly command: (fifo: string) => readonly string[] },
): Promise<Running> {
  const folder = workshop.folder();
  const marks = openMarks(join(folder, 'marks'));
  const plan = rival.plan({ ...task, folder, command: command(marks.path) }, workshop);
  const daemon = launch(workshop, marks, plan.command);
  const daemonPid = daemon.pid ?? 0;
  const started: Mark[] = [];
  const programs = (): readonly number[] =>
    [...new Set(marks.all.filter(({ index }) => index !== commandIndex).map(({ pid }) => pid))].filter(
      (pid) => isAlive(pid) && namesPath(pid, marks.path),
    );
  const isRunning = (): boolean => daemon.exitCode === null && daemon.signalCode === null;
  const ownProcesses = (): readonly number[] =>
    isRunning() ? family(daemonPid, new Set(programs())).filter(isAlive) : [];
  let beganMs = 0;
  const running: Running = {
    rival,
    plan,
    marks,
    get beganMs() {
      return beganMs;
    },
    started,
    ownProcesses,
    programs,
    wall: (words) => wallOf(workshop, marks, words),
    async shutDown() {
      const all = [...ownProcesses(), ...programs()];
      const at = nowMs();
      daemon.kill(plan.endSignal);
      await ended(all);
      return nowMs() - at;
    },
    async end() {
      // More than once: the first look may miss what is just being started.
      for (let left = processesOf(folder); left.length > 0; left = processesOf(folder)) {
        // The supervisor first, or it would start the programs again.
        for (const pid of new Set([...ownProcesses(), ...left])) killHard(pid);
        await ended(left);
      }
      marks.close();
      current.delete(running);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  current.add(running);
  try {
    const [began] = await marks.take(1, ({ index }) => index === commandIndex);
    beganMs = began?.atMs ?? 0;
    const seen = new Set<number>();
    const isFirst = ({ index }: Mark): boolean =>
      index !== commandIndex && !seen.has(index) && seen.add(index) !== undefined;
    started.push(...(await marks.take(task.count, isFirst)));
    return running;
  } catch (error) {
    await running.end();
    throw error;
  }
}

/** Milliseconds from the beginning of a command to its end. */
export async function wallOf(workshop: Workshop, marks: Marks, command: readonly string[]): Promise<number> {
  const from = marks.all.length;
  const process = launch(workshop, marks, command);
  const code = await new Promise<number | null>((resolve) => process.once('exit', resolve));
  const endedMs = nowMs();
  const [began] = await marks.take(1, ({ pid }) => pid === process.pid, from);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`);
  return endedMs - (began?.atMs ?? Number.NaN);
}

/** Its beginning is marked by the process itself, after it was made and before it becomes the command. */
function launch(workshop: Workshop, marks: Marks, [name, ...words]: readonly string[]): ChildProcess {
  const marked = [marks.path, String(commandIndex), name ?? '', ...words];
  return spawn(workshop.child, marked, { stdio: 'ignore', env: quietEnvironment() });
}

/** Supervisor's Python would not write its compiled files elsewhere, and nobody is to be notified of anything. */
function quietEnvironment(): NodeJS.ProcessEnv {
  const { NOTIFY_SOCKET: _, ...environment } = process.env;
  return environment;
}

async function ended(pids: readonly number[]): Promise<void> {
  const deadline = nowMs() + endPatienceMs;
  for (const pid of pids) {
    while (isAlive(pid)) {
      if (nowMs() > deadline) throw new Error('it did not end');
      await pause(1);
    }
  }
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
