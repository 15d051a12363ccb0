/** The file that keeps the lines typed into the shell: plain text, oldest first, as readline writes it. */

import { readFileSync, writeFileSync } from 'node:fs';

/** The remembered lines, oldest first; none when the file cannot be read. */
export function readHistory(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

/** Replaces the file. A history that cannot be kept is not worth a message, as in Supervisor. */
export function writeHistory(path: string, lines: readonly string[]): void {
  try {
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  } catch {
    // Read-only home directories are common.
  }
}
