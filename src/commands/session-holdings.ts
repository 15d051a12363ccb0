/**
 * What a connection holds while it lives: waits and subscriptions. All of it is released when the connection ends; what
 * ends earlier leaves nothing behind on a connection that stays open for months.
 */

import type { Session } from './method.ts';

const holdings = new WeakMap<Session, Set<() => void>>();

/** Runs `release` when the session ends. Returns the function that forgets it, for what ended by itself. */
export function holdUntilClose(session: Session, release: () => void): () => void {
  const held = holdings.get(session) ?? beginHolding(session);
  held.add(release);
  return () => {
    held.delete(release);
  };
}

function beginHolding(session: Session): Set<() => void> {
  const held = new Set<() => void>();
  holdings.set(session, held);
  session.onClose(() => {
    for (const release of held) release();
    held.clear();
  });
  return held;
}
