/** Answers of `supervisorctl` as tests expect them: everything on standard output, a line each. */
import type { CommandResult } from './command.ts';

/** What a command that succeeds prints. */
export function says(...lines: readonly string[]): CommandResult {
  return { stdout: lines.map((line) => `${line}\n`).join(''), stderr: '', status: 0 };
}

/** The same with another exit status. */
export function fails(status: number, ...lines: readonly string[]): CommandResult {
  return { ...says(...lines), status };
}
