/** The last lines of a log as text that can be shown anywhere: no escape sequences, no control characters, bounded. */

import { statSync } from 'node:fs';
import { decodeLog, lastBytes } from './read-log.ts';

/** More is not read, however short the lines are that were asked for. */
const tailBytes = 8 * 1024;
const longestLine = 240;

const escapeCharacter = String.fromCharCode(27);
const bell = String.fromCharCode(7);
/** Colours and movements, and what sets titles. */
const sequences = new RegExp(
  `${escapeCharacter}\\[[0-9:;<=>?]*[ -/]*[@-~]|${escapeCharacter}\\][^${bell}${escapeCharacter}]*(?:${bell}|${escapeCharacter}\\\\)`,
  'g',
);

/** None when there is no such file, or none that can be read. Empty lines are left out. */
export function lastLines(path: string, count: number): readonly string[] {
  const bytes = lastBytes(path, tailBytes);
  if (bytes === null) return [];
  const lines = decodeLog(bytes).split('\n');
  // The first one has most likely lost its beginning.
  const whole = bytes.length === tailBytes && lines.length > 1 ? lines.slice(1) : lines;
  return whole
    .map(asPlainText)
    .filter((line) => line !== '')
    .slice(-count);
}

/** Epoch milliseconds; 0 when there is no such file, or none that may be looked at. */
export function lastWrittenAt(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  } catch {
    return 0;
  }
}

/** A line without what would do something to a terminal. */
export function asPlainText(line: string): string {
  // What a carriage return has overwritten is not seen on a terminal either.
  const visible = line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
  const plain = visible
    .replace(sequences, '')
    .replaceAll('\t', '    ')
    .replace(/\p{Cc}/gu, '')
    .trimEnd();
  return plain.length > longestLine ? `${plain.slice(0, longestLine)}…` : plain;
}
