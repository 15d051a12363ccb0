/**
 * What a connection holds while it lives: waits and subscriptions. All of it is released when the connection ends; what
 * ends earlier leaves nothing behind on a connection that stays open for months.
 */

import type { Session } from './method.ts';

interface Holdings {
  readonly releases: Set<() => void>;
  ended: boolean;
}

const holdings = new WeakMap<Session, Holdings>();

/**
 * Runs `release` when the session ends, or at once if it has ended. Returns the function that forgets it, for what
 * ended by itself.
 */
export function holdUntilClose(session: Session, release: () => void): () => void {
  const held = holdings.get(session) ?? beginHolding(session);
  if (held.ended) {
    release();
    return () => {};
  }
  held.releases.add(release);
  return () => {
    held.releases.delete(release);
  };
}

function beginHolding(session: Session): Holdings {
  const held: Holdings = { releases: new Set(), ended: false };
  holdings.set(session, held);
  session.onClose(() => {
    held.ended = true;
    for (const release of held.releases) release();
    held.releases.clear();
  });
  return held;
}
