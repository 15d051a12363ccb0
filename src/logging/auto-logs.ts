/**
 * Log files with generated names, for programs that name none: `<process>-<channel>---<identifier>-<random>.log` in
 * childlogdir. They outlive the daemon and are removed when the next one of the same identifier starts.
 */

import { randomInt } from 'node:crypto';
import { closeSync, openSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../os/system-error.ts';
import type { ReportProblem } from './log-sink.ts';
import { quoteText } from './python-quoting.ts';

const randomCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789_';
const randomLength = 8;
const attempts = 100;

export interface AutoLogName {
  /** childlogdir. */
  readonly directory: string;
  /** Without the group. */
  readonly process: string;
  readonly channel: 'stdout' | 'stderr';
  /** The daemon's identifier. */
  readonly identifier: string;
}

/**
 * Creates an empty log file that only the daemon's user may read, under a name that did not exist.
 *
 * @returns Its path.
 * @throws The system's error when it cannot be created.
 */
export function createAutoLog({ directory, process, channel, identifier }: AutoLogName): string {
  for (let attempt = 1; ; attempt += 1) {
    const path = join(directory, `${process}-${channel}---${identifier}-${randomName()}.log`);
    try {
      closeSync(openSync(path, 'ax', 0o600));
      return path;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST' || attempt === attempts) throw error;
    }
  }
}

export interface AutoLogRemoval {
  readonly directory: string;
  readonly identifier: string;
  /** Files that stay, with their backups: of programs that have outlived the last daemon. */
  readonly keep?: ReadonlySet<string>;
  /** Receives Supervisor's warnings. */
  readonly onProblem: ReportProblem;
}

/** Removes the generated logs, and their backups, that earlier daemons of this identifier have left behind. */
export function removeAutoLogs({ directory, identifier, keep, onProblem }: AutoLogRemoval): void {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    onProblem('Could not clear childlog dir');
    return;
  }
  for (const name of names.filter((candidate) => isAutoLog(candidate, identifier))) {
    const path = join(directory, name);
    if (keep?.has(path.replace(/\.\d+$/, ''))) continue;
    try {
      unlinkSync(path);
    } catch {
      onProblem(`Failed to clean up ${quoteText(path)}`);
    }
  }
}

function isAutoLog(name: string, identifier: string): boolean {
  const mark = `---${identifier}-`;
  // Not at the very beginning: something stands before the mark.
  const at = name.indexOf(mark, 1);
  return at > 0 && /^\S+\.log\.?\d{0,4}$/.test(name.slice(at + mark.length));
}

function randomName(): string {
  return Array.from({ length: randomLength }, () => randomCharacters[randomInt(randomCharacters.length)]).join('');
}
