/** The third column of `status`: what Supervisor says about a process in its state. */

import type { ProcessState } from './process-state.ts';

export interface Described {
  readonly state: ProcessState;
  readonly name: string;
  readonly pid: number;
  /** Last spawn attempt, epoch ms; 0 if never. */
  readonly startedAt: number;
  /** Last reap, epoch ms; 0 if never. */
  readonly stoppedAt: number;
  readonly spawnError: string;
  /** Epoch ms. */
  readonly now: number;
}

export function describeProcess(process: Described): string {
  switch (process.state) {
    case 'RUNNING':
      return `pid ${process.pid}, uptime ${formatUptime(process.now - process.startedAt)}`;
    case 'BACKOFF':
    case 'FATAL':
      return process.spawnError || `unknown error (try "tail ${process.name}")`;
    case 'STOPPED':
    case 'EXITED':
      return process.stoppedAt === 0 ? 'Not started' : formatStopTime(process.stoppedAt);
    case 'STARTING':
    case 'STOPPING':
    case 'UNKNOWN':
      return '';
  }
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** `H:MM:SS`, from a day on `1 day, H:MM:SS`; a negative duration counts as none. */
export function formatUptime(durationMs: number): string {
  const total = Math.max(0, Math.floor(durationMs / 1000));
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3600);
  const clock = `${hours}:${twoDigits(Math.floor((total % 3600) / 60))}:${twoDigits(total % 60)}`;
  if (days === 0) return clock;
  return `${days} ${days === 1 ? 'day' : 'days'}, ${clock}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Local time as `Nov 22 02:39 PM`, whatever the locale. */
export function formatStopTime(at: number): string {
  const date = new Date(at);
  const hours = date.getHours();
  const clock = `${twoDigits(hours % 12 === 0 ? 12 : hours % 12)}:${twoDigits(date.getMinutes())}`;
  return `${months[date.getMonth()]} ${twoDigits(date.getDate())} ${clock} ${hours < 12 ? 'AM' : 'PM'}`;
}
