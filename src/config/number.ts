/** Whole numbers as Python's `int()` reads them: blanks around, a sign, and single underscores between digits. */

import { quoteText } from '../model/python-text.ts';
import { strip } from './blanks.ts';

/** null when the text is no whole number. */
export function parseInteger(text: string): number | null {
  const digits = strip(text);
  return /^[+-]?\d+(_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) : null;
}

/** Python shows only so much of what it cannot read. */
const LONGEST_SHOWN = 200;

export const notAnInteger = (text: string): string =>
  `invalid literal for int() with base 10: ${quoteText(text).slice(0, LONGEST_SHOWN)}`;

/** Octal digits, with or without `0o`; null when the text is something else. */
export function parseOctal(text: string): number | null {
  const digits = strip(text);
  if (!/^[+-]?(0[oO]_?)?[0-7]+(_[0-7]+)*$/.test(digits)) return null;
  const value = Number.parseInt(digits.replace(/[+_-]|0[oO]/g, ''), 8);
  return digits.startsWith('-') ? -value : value;
}
