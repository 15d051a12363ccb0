/** What to do about a program that has ended in a way that tells why. */

import { formatSeconds } from '../model/duration.ts';
import type { ExitStatus } from '../model/exit-status.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { ExplainedProcess } from './facts.ts';
import type { Findings } from './findings.ts';
import { ago } from './words.ts';

export interface End {
  readonly status: ExitStatus;
  /** Before `startsecs` were over. */
  readonly isQuick: boolean;
  readonly facts: ExplainedProcess;
  readonly findings: Findings;
}

export function adviseOnEnd(end: End): readonly string[] {
  switch (end.status.kind) {
    case 'exited':
      return adviseOnExit(end, end.status.code);
    case 'signalled':
      return adviseOnSignal(end, end.status.signal, end.status.coreDumped);
    case 'unseen':
      return [];
  }
}

const notFoundCode = 127;
const notExecutableCode = 126;
const signalBase = 128;

function adviseOnExit({ isQuick, facts, findings }: End, code: number): readonly string[] {
  if (code === 0 && isQuick) {
    const { spec } = facts;
    const startSeconds = formatSeconds(spec.startMs);
    return findings.alive.length > 0 && facts.pid === 0
      ? [
          'it seems to put itself into the background: what it started lives on, and supervisord cannot follow it. Use its ' +
            'option to stay in the foreground',
        ]
      : [
          `it says that all is well, but ended within ${startSeconds} s. A job that is done so soon needs startsecs=0, and ` +
            'a server its option to stay in the foreground',
        ];
  }
  if (code === notFoundCode)
    return [adviseOnLastWords(findings, facts.spec) ?? '127 is what a shell says of a command it cannot find'];
  if (code === notExecutableCode) return ['126 is what a shell says of a file that it may not execute'];
  const signal = signalNames.get(code - signalBase);
  return signal === undefined ? [] : [`${code} is 128 + ${code - signalBase}: a command in it was ended by ${signal}`];
}

/** What happens between the fork and the program is told on stderr, in Supervisor's words. */
function adviseOnLastWords({ outputs }: Findings, { directory, user }: ProcessSpec): string | null {
  const words = outputs.flatMap(({ lines }) => lines).findLast((line) => line.startsWith("supervisor: couldn't "));
  if (words === undefined) return null;
  if (words.includes("couldn't chdir to")) {
    return `directory=${directory ?? ''} must exist, and ${user?.name ?? 'its user'} must be allowed to enter it`;
  }
  if (words.includes("couldn't setuid to")) {
    return `user=${user?.name ?? ''} needs a supervisord that runs as root`;
  }
  if (words.includes('ENOEXEC'))
    return 'it has no #! line and is no binary of this machine: write its interpreter in command=';
  if (words.includes('ENOENT')) return 'the interpreter in its #! line does not exist';
  if (words.includes('EACCES')) {
    return `${user?.name ?? 'its user'} may not execute it: look at its mode and at those of the directories above it`;
  }
  return null;
}

function adviseOnSignal({ facts }: End, signal: string, coreDumped: boolean): readonly string[] {
  const { signalledBy } = facts;
  if (signalledBy !== null)
    return [`${signal} was sent on request of ${signalledBy.by}, ${ago(facts, signalledBy.at)}`];
  switch (signal) {
    case 'SIGKILL':
      return [
        'no stop was asked for. Mostly such a SIGKILL is of a kernel that is out of memory: look for "oom" in dmesg, and at ' +
          'the memory limit of the container or service',
      ];
    case 'SIGSEGV':
    case 'SIGBUS':
    case 'SIGILL':
    case 'SIGFPE':
    case 'SIGABRT':
      return [`${signal} is a crash inside the program${coreDumped ? '; it has left a core dump (coredumpctl)' : ''}`];
    case 'SIGPIPE':
      return ['it wrote to a pipe or socket that nobody reads any more'];
    case 'SIGXCPU':
    case 'SIGXFSZ':
      return [`${signal} means that it has reached a limit (ulimit -a)`];
    default:
      return [
        facts.spec.kind === 'eventlistener' && signal === 'SIGTERM'
          ? "unless it was restarted on request, it did not keep to the protocol of events: supervisord's log has what it said"
          : `no stop was asked for: ${signal} came from outside, from supervisorctl signal, or from itself`,
      ];
  }
}

/** Those that end programs, by their numbers on all machines. */
const signalNames: ReadonlyMap<number, string> = new Map([
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [3, 'SIGQUIT'],
  [4, 'SIGILL'],
  [6, 'SIGABRT'],
  [8, 'SIGFPE'],
  [9, 'SIGKILL, perhaps for lack of memory'],
  [11, 'SIGSEGV'],
  [13, 'SIGPIPE'],
  [14, 'SIGALRM'],
  [15, 'SIGTERM'],
]);
