/** Figures as people read them: short, and always as wide, so that columns stay calm while they change. Pure. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** @param ms a length of time in milliseconds: `4s`, `2m 07s`, `3h 12m`, `8d 04h`. */
export function lengthOfTime(ms: number): string {
  const rest = Math.max(0, ms);
  if (rest < minute) return `${Math.floor(rest / second)}s`;
  if (rest < hour) return `${Math.floor(rest / minute)}m ${twoDigits((rest % minute) / second)}s`;
  if (rest < day) return `${Math.floor(rest / hour)}h ${twoDigits((rest % hour) / minute)}m`;
  return `${Math.floor(rest / day)}d ${twoDigits((rest % day) / hour)}h`;
}

/** What is left of a timer: `2.4 s`, `12 s`. */
export const secondsLeft = (ms: number): string => {
  const seconds = Math.max(0, ms) / second;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
};

/** A sentence that was made with a timer goes on with it: `next try in 1.9 s` counts down. */
export const countDown = (sentence: string, leftMs: number): string =>
  leftMs > 0 ? sentence.replace(/\bin [\d.]+ s\b/, `in ${secondsLeft(leftMs)}`) : sentence;

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function sizeOf(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** @param share of one CPU: 1 is one whole CPU. */
export function cpuOf(share: number): string {
  const percent = share * 100;
  return `${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** @param at epoch milliseconds */
export const timeOfDay = (at: number): string => {
  const date = new Date(at);
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}.${ms}`;
};

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const twoDigits = (value: number): string => String(Math.floor(value)).padStart(2, '0');
