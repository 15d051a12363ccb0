/** How an OS process ended, and the texts and numbers Supervisor derives from it. */

export type ExitStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string; readonly coreDumped: boolean };

/** The number clients see as `exitstatus`: the exit code, or −1 for a death by signal (as Supervisor). */
export const exitNumber = (status: ExitStatus): number => (status.kind === 'exited' ? status.code : -1);

/** An exit is expected when its number is listed in `exitcodes`; a death by signal never is. */
export const isExpectedExit = (status: ExitStatus, exitCodes: readonly number[]): boolean =>
  status.kind === 'exited' && exitCodes.includes(status.code);

/** The words of the daemon's log: `exit status 3`, `terminated by SIGSEGV (core dumped)`. */
export function describeExit(status: ExitStatus): string {
  if (status.kind === 'exited') return `exit status ${status.code}`;
  return `terminated by ${status.signal}${status.coreDumped ? ' (core dumped)' : ''}`;
}
