/** Whole numbers as Python's `int()` reads them: blanks around, a sign, and single underscores between digits. */

import { quoteText } from '../model/python-text.ts';
import { strip } from './blanks.ts';

/** Python counts these among the blanks, but not around numbers. */
const asciiSeparators = ['\x1c', '\x1d', '\x1e', '\x1f'];

/** Digits with what belongs to them; '' when they stand among separators. */
const withoutBlanks = (text: string): string =>
  asciiSeparators.some((separator) => text.includes(separator)) ? '' : strip(text);

/** null when the text is no whole number. There is no negative zero. */
export function parseInteger(text: string): number | null {
  const digits = withoutBlanks(text);
  return /^[+-]?\d+(_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) + 0 : null;
}

/** Python shows only so much of what it cannot read. */
const LONGEST_SHOWN = 200;

export const notAnInteger = (text: string): string =>
  `invalid literal for int() with base 10: ${quoteText(text).slice(0, LONGEST_SHOWN)}`;

/** Octal digits, with or without `0o`; null when the text is something else. */
export function parseOctal(text: string): number | null {
  const digits = withoutBlanks(text);
  if (!/^[+-]?(0[oO]_?)?[0-7]+(_[0-7]+)*$/.test(digits)) return null;
  const value = Number.parseInt(digits.replace(/[+_-]|0[oO]/g, ''), 8);
  return digits.startsWith('-') ? 0 - value : value;
}
