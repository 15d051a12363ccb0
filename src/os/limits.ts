/** Resource limits: raising them as configuration asks, and what programs get. */

import { readFileSync } from 'node:fs';
import { startLimitVariable } from './launcher.ts';
import { getLimit, resources, SystemError, setLimit } from './native.ts';

export interface WantedLimits {
  readonly minFds: number;
  readonly minProcs: number;
}

export type LimitsOutcome =
  | {
      readonly kind: 'ok';
      /** Lines for the daemon's log, as Supervisor's. */
      readonly messages: readonly string[];
      /** Soft limit of open files for programs. */
      readonly programFileLimit: bigint;
    }
  | { readonly kind: 'failed'; readonly text: string };

/**
 * Raises the limits that are lower than wanted. Node has raised the daemon's own limit of open files as far as it goes
 * before; programs get what the daemon was started with, or `minfds` if that is more.
 */
export function raiseLimits(
  wanted: WantedLimits,
  environment: Readonly<Record<string, string | undefined>>,
): LimitsOutcome {
  const messages: string[] = [];
  const files = getLimit(resources.NOFILE);
  const minFds = BigInt(Math.max(0, wanted.minFds));
  const startLimit = startFileLimit(environment, files.hard);
  if (startLimit < minFds) {
    if (files.hard < minFds && !tryRaise(resources.NOFILE, minFds)) {
      return { kind: 'failed', text: filesText(wanted.minFds, files.hard) };
    }
    messages.push(`Increased RLIMIT_NOFILE limit to ${minFds}`);
  }
  const processes = getLimit(resources.NPROC);
  const minProcs = BigInt(Math.max(0, wanted.minProcs));
  if (processes.soft < minProcs) {
    const hard = processes.hard < minProcs ? minProcs : processes.hard;
    if (!tryRaise(resources.NPROC, minProcs, hard)) {
      return { kind: 'failed', text: processesText(wanted.minProcs, processes.hard) };
    }
    messages.push(`Increased RLIMIT_NPROC limit to ${minProcs}`);
  }
  return { kind: 'ok', messages, programFileLimit: startLimit < minFds ? minFds : startLimit };
}

/** Gives this process, and what it will start, back the soft limit of open files it was started with. */
export function restoreFileLimit(environment: Readonly<Record<string, string | undefined>>): void {
  const own = getLimit(resources.NOFILE);
  const start = startFileLimit(environment, own.hard);
  if (start < own.hard) setLimit(resources.NOFILE, { soft: start, hard: own.hard });
}

/** The soft limit before Node raised it: from the launcher, else from the parent process if it has the same hard limit. */
function startFileLimit(environment: Readonly<Record<string, string | undefined>>, hard: bigint): bigint {
  const noted = environment[startLimitVariable];
  if (noted !== undefined && /^\d+$/.test(noted)) return BigInt(noted);
  if (noted === 'unlimited') return hard;
  const parent = parentFileLimit();
  return parent !== null && parent.hard === hard ? parent.soft : hard;
}

function parentFileLimit(): { soft: bigint; hard: bigint } | null {
  try {
    const limits = readFileSync(`/proc/${process.ppid}/limits`, 'latin1');
    const match = /^Max open files\s+(\d+)\s+(\d+)/m.exec(limits);
    return match?.[1] && match[2] ? { soft: BigInt(match[1]), hard: BigInt(match[2]) } : null;
  } catch {
    return null;
  }
}

function tryRaise(resource: number, soft: bigint, hard: bigint = soft): boolean {
  try {
    setLimit(resource, { soft, hard });
    return true;
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}

const filesText = (wanted: number, hard: bigint): string =>
  `The minimum number of file descriptors required to run this process is ${wanted} as per the "minfds" command-line ` +
  `argument or config file setting. The current environment will only allow you to open ${hard} file descriptors.  ` +
  'Either raise the number of usable file descriptors in your environment (see README.rst) or lower the minfds setting ' +
  'in the config file to allow the process to start.';

const processesText = (wanted: number, hard: bigint): string =>
  `The minimum number of available processes required to run this program is ${wanted} as per the "minprocs" ` +
  `command-line argument or config file setting. The current environment will only allow you to open ${hard} processes. ` +
  ' Either raise the number of usable processes in your environment (see README.rst) or lower the minprocs setting in ' +
  'the config file to allow the program to start.';
