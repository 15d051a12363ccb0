/**
 * Events that no listener has accepted yet, on their way from one version of the daemon to the next. There may be more of them
 * than an environment holds, and no file may be left of them that a later daemon could take for its own.
 */

import { type PoolPasts, poolPastsText, readPoolPasts } from '../model/pool-past.ts';
import { keepInMemory, takeFromMemory } from '../os/memory-file.ts';

interface Complaints {
  warn(message: string): void;
}

/** Descriptor of what was kept; null if nothing could be: that must not stop an upgrade which has begun. */
export function keepUndelivered(pools: PoolPasts, log: Complaints): number | null {
  try {
    return keepInMemory('statevisor-events', poolPastsText(pools));
  } catch (error) {
    log.warn(`events that wait for listeners are lost in this upgrade: ${String(error)}`);
    return null;
  }
}

/** Closes the descriptor. */
export function takeUndelivered(fd: number | null, log: Complaints): PoolPasts {
  if (fd === null) return new Map();
  try {
    return readPoolPasts(takeFromMemory(fd));
  } catch (error) {
    log.warn(`events that waited for listeners are lost: ${String(error)}`);
    return new Map();
  }
}
