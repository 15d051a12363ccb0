/**
 * Whether one more connection may be served. Connections are bounded in number and may take only a part of the daemon's
 * descriptors: programs that end must find some to be started again, and so must the log that says what is wrong.
 */

import { descriptorRoom } from '../os/descriptors.ts';
import type { ServerLog } from './server-log.ts';

/** Connections get at most this part of all descriptors. */
const shareOfDescriptors = 1 / 4;

/** Left free for files the daemon itself has to open. */
const reservedDescriptors = 8;

/** After a refusal the next one is reported only when so many places were free meanwhile. */
const calmShare = 3 / 4;

export interface Admission {
  /** Why a connection that was just accepted is refused, in words for its peer; null if it is welcome. */
  refusal(open: number): string | null;
  /** To be called with the number that is left whenever a connection ends. */
  ended(open: number): void;
}

export function createAdmission(mostConnections: number, log: ServerLog, room = descriptorRoom): Admission {
  let full = false;

  const refuse = (line: string, reason: string): string => {
    if (!full) log.warn(`refusing connections: ${line}`);
    full = true;
    return reason;
  };

  const most = (limit: number): number =>
    Math.min(mostConnections, Math.max(1, Math.floor(limit * shareOfDescriptors)));

  return {
    refusal: (open) => {
      const { limit, spare } = room();
      if (open >= most(limit)) return refuse(`${open} are open, which is the limit`, 'too many connections are open');
      if (spare >= reservedDescriptors) return null;
      return refuse(`almost all of the ${limit} files are open that the limit allows`, 'too many files are open');
    },
    ended: (open) => {
      if (open <= most(room().limit) * calmShare) full = false;
    },
  };
}
