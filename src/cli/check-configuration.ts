/**
 * `supervisord --test` and `supervisord -t -c FILE`: whether a configuration is valid, without starting anything. What
 * is wrong is told elsewhere, as it would be at a start; here is what a valid one has to say.
 */

import type { ConfigNotice, SupervisorSpec } from '../model/program-spec.ts';
import type { Arguments } from './getopt.ts';

/** The flags that may stand beside `-t` while it means a check. */
const besideCheck: ReadonlySet<string> = new Set(['configuration', 'strip_ansi']);

/**
 * Whether only a check is wanted. `-t` is Supervisor's short flag for strip_ansi, which makes no sense alone: with any
 * other flag than `-c`, and when it is spelled in full, it keeps that meaning.
 */
export function wantsCheck({ options, spellings }: Pick<Arguments, 'options' | 'spellings'>): boolean {
  if (options.has('test')) return true;
  return spellings.get('strip_ansi') === '-t' && [...options.keys()].every((name) => besideCheck.has(name));
}

/** For whoever was used to Supervisor's meaning of `-t`. */
export const shortFlagHint = '-t checks when only -c stands beside it; --strip_ansi starts and strips escape codes\n';

export interface CheckReport {
  readonly stdout: string;
  readonly stderr: string;
}

/** What to say about a valid configuration. `notices` are all messages that a start would log. */
export function reportCheck(spec: SupervisorSpec, notices: readonly ConfigNotice[]): CheckReport {
  const warnings = notices.filter(({ level }) => level !== 'info');
  const counts = [
    count(spec.groups.length, 'group'),
    count(spec.groups.flatMap(({ processes }) => processes).length, 'process', 'processes'),
    count(spec.servers.length, 'server'),
    count(warnings.length, 'warning'),
  ];
  return {
    stdout: `${spec.daemon.configFile}: valid: ${counts.join(', ')}; nothing was started\n`,
    stderr: warnings.map(({ message }) => `Warning: ${message}\n`).join(''),
  };
}

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;
