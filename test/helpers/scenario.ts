/**
 * A black-box test: real processes, so it runs beside others, has a generous bound, and when it fails it shows what the
 * daemons in it had to say.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'vitest';
import { againstOriginal } from './sandbox.ts';

const scenarioTimeoutMs = 90_000;
const reports = new AsyncLocalStorage<(() => string)[]>();

/** Remembers what to show should the scenario that is being run fail. */
export function reportOnFailure(report: () => string): void {
  reports.getStore()?.push(report);
}

export interface ScenarioOptions {
  /** The behaviour is the original's BUG or absent there: not run against the original. */
  readonly oursOnly?: boolean;
  /** Needs to be root: users are switched, ownership is changed. */
  readonly asRoot?: boolean;
  readonly timeoutMs?: number;
  /** Runs beside the other tests of its file; true unless there are so many that they would starve each other. */
  readonly concurrent?: boolean;
  /** Something it needs is not on this machine; the title says what. */
  readonly skip?: boolean;
}

/** Declares a test with a title that is a sentence about behaviour. */
export function scenario(title: string, body: () => Promise<void>, options: ScenarioOptions = {}): void {
  const runs =
    options.skip !== true &&
    !(options.oursOnly === true && againstOriginal) &&
    !(options.asRoot === true && process.getuid?.() !== 0);
  const timeout = options.timeoutMs ?? scenarioTimeoutMs;
  test(title, { concurrent: options.concurrent !== false, skip: !runs, timeout }, async () => {
    const shown: (() => string)[] = [];
    try {
      await reports.run(shown, body);
    } catch (problem) {
      const error = firstProblem(problem);
      if (error instanceof Error) error.message += shown.map((report) => `\n${report()}`).join('');
      throw error;
    }
  });
}

/** What went wrong in the body; when clearing up failed as well, that is told after it. */
function firstProblem(problem: unknown): unknown {
  if (!(problem instanceof Error && 'suppressed' in problem && 'error' in problem)) return problem;
  const first = firstProblem(problem.suppressed);
  if (first instanceof Error) first.message += `\nand then: ${String(problem.error)}`;
  return first;
}
