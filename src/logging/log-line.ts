/** Supervisor's line format for the daemon's log: `2026-01-31 23:59:59,123 INFO message`, in local time. */

import type { LogLevel } from '../model/program-spec.ts';

/** Level → its number, greater is more severe, and its name in a line, both as Supervisor's. */
export const levelTable: Readonly<Record<LogLevel, { readonly number: number; readonly label: string }>> = {
  critical: { number: 50, label: 'CRIT' },
  error: { number: 40, label: 'ERRO' },
  warn: { number: 30, label: 'WARN' },
  info: { number: 20, label: 'INFO' },
  debug: { number: 10, label: 'DEBG' },
  trace: { number: 5, label: 'TRAC' },
  blather: { number: 3, label: 'BLAT' },
};

const labels = new Map(Object.values(levelTable).map(({ number, label }) => [number, label]));

let formattedSecond = Number.NaN;
let formattedText = '';

/**
 * @param levelNumber - A number of `levelTable`.
 * @param at - Epoch milliseconds.
 */
export function classicLine(levelNumber: number, at: number, message: string): string {
  const second = Math.floor(at / 1000);
  if (second !== formattedSecond) {
    formattedText = localDateAndTime(new Date(at));
    formattedSecond = second;
  }
  const milliseconds = String(at - second * 1000).padStart(3, '0');
  return `${formattedText},${milliseconds} ${labels.get(levelNumber) ?? levelNumber} ${message}\n`;
}

function localDateAndTime(time: Date): string {
  const date = [time.getFullYear(), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())].join('-');
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':')}`;
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');
