/**
 * What an event listener says on its standard output: `READY`, and after an event `RESULT`, a length and a body. Reading
 * is strict where Supervisor's is, and bounded where Supervisor would collect for ever.
 */

/** The states of the conversation with one listener, by Supervisor's names; they appear in the daemon's log. */
export type ListenerState = 'ACKNOWLEDGED' | 'READY' | 'BUSY' | 'UNKNOWN';

/** The states in which another daemon can go on with a conversation; see `ProcessRecord`. */
export const resumableStates = ['ACKNOWLEDGED', 'READY', 'BUSY'] as const satisfies readonly ListenerState[];
export type ResumableState = (typeof resumableStates)[number];

/** A pool of event listeners, as clients see it. */
export interface PoolStatus {
  readonly name: string;
  /** Names of the types it asked for. */
  readonly events: readonly string[];
  /** How many events may wait. */
  readonly bufferSize: number;
  /** How many wait now. */
  readonly buffered: number;
  /** How many were given up because too many waited. */
  readonly discarded: number;
  readonly listeners: readonly ListenerStatus[];
}

export interface ListenerStatus {
  readonly name: string;
  readonly state: ListenerState;
  /** Serial of the event it works on; null if there is none. */
  readonly event: number | null;
}

const readyToken = new TextEncoder().encode('READY\n');

/** Of `RESULT ` only the length counts: Supervisor skips these bytes without looking at them. */
const resultTokenBytes = 7;

const newline = 0x0a;

/** A result line is some ten bytes long; what goes on without end is none. */
const longestResultLineBytes = 4096;

const longestResultBytes = 1024 * 1024;

export type Handshake =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'ready'; readonly rest: Uint8Array }
  | { readonly kind: 'broken' };

/** Reads what an acknowledged listener has written so far. */
export function readHandshake(written: Uint8Array): Handshake {
  if (written.length < readyToken.length) return { kind: 'incomplete' };
  if (readyToken.some((byte, index) => byte !== written[index])) return { kind: 'broken' };
  return { kind: 'ready', rest: written.subarray(readyToken.length) };
}

export type Result =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'accepted' | 'rejected'; readonly rest: Uint8Array }
  | { readonly kind: 'malformed'; readonly line: Uint8Array };

/** Reads what a busy listener has written so far. The body `OK` accepts the event, any other rejects it. */
export function readResult(written: Uint8Array): Result {
  // No further, so that it makes no difference in which pieces a line comes.
  const begun = written.subarray(0, longestResultLineBytes + 1);
  const end = begun.indexOf(newline);
  if (end === -1 && written.length <= longestResultLineBytes) return { kind: 'incomplete' };
  const line = begun.subarray(0, end === -1 ? longestResultLineBytes : end);
  const length = end === -1 ? null : readLength(line.subarray(resultTokenBytes));
  if (length === null) return { kind: 'malformed', line };
  const bodyEnd = end + 1 + length;
  if (written.length < bodyEnd) return { kind: 'incomplete' };
  const body = String.fromCharCode(...written.subarray(end + 1, end + 1 + Math.min(length, 3)));
  return { kind: body === 'OK' ? 'accepted' : 'rejected', rest: written.subarray(bodyEnd) };
}

/** A number as Python reads it: blanks around it, a sign, underscores between digits. null if it is none in bounds. */
function readLength(bytes: Uint8Array): number | null {
  const text = String.fromCharCode(...bytes);
  if (!/^[\s]*[+-]?\d+(_\d+)*[\s]*$/.test(text)) return null;
  const length = Number(text.replaceAll('_', ''));
  return length >= 0 && length <= longestResultBytes ? length : null;
}
