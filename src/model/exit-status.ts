/** How an OS process ended, and the texts and numbers Supervisor derives from it. */

export type ExitStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string; readonly coreDumped: boolean }
  /** It ended while nobody could wait for it: the child of a daemon that was killed. */
  | { readonly kind: 'unseen' };

/** The number clients see as `exitstatus`: the exit code, or −1 for a death by signal (as Supervisor) and where it is not known. */
export const exitNumber = (status: ExitStatus): number => (status.kind === 'exited' ? status.code : -1);

/** An exit is expected when its number is listed in `exitcodes`; a death by signal or unseen never is. */
export const isExpectedExit = (status: ExitStatus, exitCodes: readonly number[]): boolean =>
  status.kind === 'exited' && exitCodes.includes(status.code);

/** The words of the daemon's log: `exit status 3`, `terminated by SIGSEGV (core dumped)`. */
export function describeExit(status: ExitStatus): string {
  if (status.kind === 'unseen') return 'exit status unknown';
  if (status.kind === 'exited') return `exit status ${status.code}`;
  return `terminated by ${status.signal}${status.coreDumped ? ' (core dumped)' : ''}`;
}
