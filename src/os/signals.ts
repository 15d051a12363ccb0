/** Signal names and numbers of this platform. */

import { constants } from 'node:os';
import type { ExitStatus } from '../model/exit-status.ts';

const SIGRTMIN = 34;
const SIGRTMAX = 64;
const SIGKILL = 9;
const CORE_DUMPED = 0x80;

/** Names with their numbers; aliases (SIGCLD, SIGIOT, SIGPOLL) come after the usual name. */
export const signalNumbers: ReadonlyMap<string, number> = new Map([
  ...Object.entries(constants.signals),
  ['SIGCLD', constants.signals.SIGCHLD],
  ['SIGRTMIN', SIGRTMIN],
  ['SIGRTMAX', SIGRTMAX],
]);

const namesByNumber = new Map<number, string>();
for (const [name, number] of signalNumbers) if (!namesByNumber.has(number)) namesByNumber.set(number, name);
// SIGABRT and SIGIOT, SIGIO and SIGPOLL share numbers; these are the names logs have always shown.
namesByNumber.set(constants.signals.SIGABRT, 'SIGABRT');
namesByNumber.set(constants.signals.SIGIO, 'SIGIO');
namesByNumber.set(constants.signals.SIGCHLD, 'SIGCHLD');

/** `SIGTERM` for 15; `signal 40` for numbers without a name, as Supervisor. */
export const signalName = (number: number): string => namesByNumber.get(number) ?? `signal ${number}`;

/** The number behind a name that `signalName` gave. */
export const signalNumber = (name: string): number =>
  signalNumbers.get(name) ?? Number(name.slice(name.lastIndexOf(' ') + 1));

export const killSignal = { name: 'SIGKILL', number: SIGKILL } as const;

/** Decodes what wait() reports. */
export function decodeWaitStatus(status: number): ExitStatus {
  const signal = status & 0x7f;
  if (signal === 0) return { kind: 'exited', code: (status >> 8) & 0xff };
  return { kind: 'signalled', signal: signalName(signal), coreDumped: (status & CORE_DUMPED) !== 0 };
}
