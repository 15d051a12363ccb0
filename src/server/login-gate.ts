/**
 * Slows down whoever guesses passwords, each source for itself. The same wrong pair again is no new guess: a client with
 * an old password in its configuration is told so each time, and closes the gate for nobody.
 */

import { createHmac, randomBytes } from 'node:crypto';
import type { ServerLog } from './server-log.ts';

export interface LoginLimits {
  /** Different wrong pairs that a source may try at once. */
  readonly failures: number;
  /** After so long it may try one more. */
  readonly refillMs: number;
  /** Sources that are remembered; of more, the one that was heard of longest ago is forgotten. */
  readonly sources: number;
}

export const defaultLoginLimits: LoginLimits = { failures: 10, refillMs: 5000, sources: 1024 };

/** A name and a password that were wrong. */
export interface WrongPair {
  readonly source: string;
  /** For the log: `10.0.0.7:50123`. */
  readonly peer: string;
  readonly username: string;
  readonly password: string;
  /** Whether there is a user of that name. Others are not logged: people type passwords into the wrong field. */
  readonly isKnownName: boolean;
}

export interface LoginGate {
  /** Milliseconds until the next pair of this source is looked at; 0 = now. */
  waitMs(source: string): number;
  /** Counts and logs a failure. */
  failed(pair: WrongPair): void;
}

interface Source {
  /** Time it has saved up, as of `at`; each different pair costs `refillMs` of it. */
  creditMs: number;
  at: number;
  /** Digest of a wrong pair → how often it came; the newest last. */
  readonly pairs: Map<string, number>;
}

/** @param now milliseconds of a clock that never goes back. */
export function createLoginGate(log: Pick<ServerLog, 'warn'>, limits: LoginLimits, now: () => number): LoginGate {
  const secret = randomBytes(32);
  const sources = new Map<string, Source>();
  const fullCreditMs = limits.failures * limits.refillMs;

  function refill(source: Source): void {
    source.creditMs = Math.min(fullCreditMs, source.creditMs + now() - source.at);
    source.at = now();
  }

  function waitMs(name: string): number {
    const source = sources.get(name);
    if (source === undefined) return 0;
    refill(source);
    return Math.ceil(Math.max(0, limits.refillMs - source.creditMs));
  }

  function failed({ source: name, peer, username, password, isKnownName }: WrongPair): void {
    const source = sources.get(name) ?? { creditMs: fullCreditMs, at: now(), pairs: new Map<string, number>() };
    refill(source);
    sources.delete(name);
    sources.set(name, source);
    forgetOldest(sources, limits.sources);
    const pair = createHmac('sha256', secret)
      .update(JSON.stringify([username, password]))
      .digest('base64');
    const count = (source.pairs.get(pair) ?? 0) + 1;
    source.pairs.delete(pair);
    source.pairs.set(pair, count);
    forgetOldest(source.pairs, limits.failures);
    if (count === 1) source.creditMs -= limits.refillMs;
    // A client that asks every second must not push everything else out of the log.
    if (!isPowerOfTen(count)) return;
    const who = isKnownName ? `user '${username}'` : 'an unknown user name';
    const again = count === 1 ? '' : ` (the same for the ${count}th time)`;
    const closes =
      source.creditMs < limits.refillMs ? `; refusing to look at more passwords from there for a while` : '';
    log.warn(`login failed: ${who} from ${peer}${again}${closes}`);
  }

  return { waitMs, failed };
}

function forgetOldest(map: Map<string, unknown>, most: number): void {
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}

const isPowerOfTen = (count: number): boolean => /^10*$/.test(String(count));
