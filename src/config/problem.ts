/**
 * What is wrong with a configuration: every problem with its place and, where one can be named, what was expected. The
 * first problem's message is the one Supervisor would have stopped at.
 */

import type { SourcePosition } from '../model/program-spec.ts';

export interface ConfigProblem {
  /** Supervisor's whole text. */
  readonly message: string;
  /** What is wrong, for a reader who sees file, line, section, key and value beside it. */
  readonly reason: string;
  /** null when no line of a file is to blame. */
  readonly file: string | null;
  /** Counted from 1; 0 = none. */
  readonly line: number;
  readonly section: string | null;
  readonly key: string | null;
  /** As written; null when it is missing. */
  readonly value: string | null;
  /** Completes `expected …`; null when `reason` says it all. */
  readonly expected: string | null;
}

/** An invalid configuration, where one read is wanted. The message is the first problem's. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems[0]?.message ?? 'invalid configuration');
    this.problems = problems;
  }
}

/** The problems of one reading, in the order in which Supervisor would meet them; one for each key. */
export class ProblemList {
  readonly #problems: ConfigProblem[] = [];
  readonly #seen = new Set<string>();

  /** Programs are read once a process: what is wrong with a key (or, without one, with the name) is wrong only once. */
  add(problem: {
    readonly message: string;
    readonly reason?: string;
    readonly position?: SourcePosition | null;
    readonly section?: string;
    readonly key?: string;
    readonly value?: string;
    readonly expected?: string | null;
  }): void {
    const { section = null, key = null, position = null } = problem;
    if (section !== null) {
      const identity = JSON.stringify([section, key ?? problem.value ?? null]);
      if (this.#seen.has(identity)) return;
      this.#seen.add(identity);
    }
    this.#problems.push({
      message: problem.message,
      reason: problem.reason ?? problem.message,
      file: position?.file ?? null,
      line: position?.line ?? 0,
      section,
      key,
      value: problem.value ?? null,
      expected: problem.expected ?? null,
    });
  }

  all(): readonly ConfigProblem[] {
    return this.#problems;
  }
}

const LONGEST_SHOWN_VALUE = 100;

/**
 * The text for standard error: Supervisor's two lines, and between them one line for each problem that has a place in
 * a file. `argv0` is the command as it was called.
 */
export function formatProblems(problems: readonly ConfigProblem[], argv0: string): string {
  const lines = [`Error: ${problems[0]?.message ?? 'invalid configuration'}`];
  for (const problem of problems) {
    if (problem.file !== null || problems.length > 1) lines.push(`  ${describeProblem(problem)}`);
  }
  lines.push(`For help, use ${argv0} -h`);
  return `${lines.join('\n')}\n`;
}

/** One line: `file:12: [program:web] startsecs = "10s": expected a whole number`. */
export function describeProblem(problem: ConfigProblem): string {
  const place = problem.file === null ? '' : `${problem.file}:${problem.line}: `;
  const wrong = problem.expected === null ? problem.reason.replaceAll('\n', ' ') : `expected ${problem.expected}`;
  const subject = describeSubject(problem);
  return `${place}${subject === '' ? '' : `${subject}: `}${wrong}`;
}

function describeSubject({ section, key, value }: ConfigProblem): string {
  const words = section === null ? [] : [`[${section}]`];
  if (key !== null) words.push(key);
  if (value !== null) words.push(key === null ? shorten(value) : `= ${shorten(value)}`);
  return words.join(' ');
}

function shorten(value: string): string {
  const cut = value.length > LONGEST_SHOWN_VALUE ? `${value.slice(0, LONGEST_SHOWN_VALUE)}…` : value;
  return JSON.stringify(cut);
}
