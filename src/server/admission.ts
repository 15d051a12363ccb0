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

/** What was reported is reported again only when so many places were free meanwhile. */
const calmShare = 3 / 4;

/** Idle connections that were told to end take a moment. So many may be open beyond the limit meanwhile. */
const mostEnding = 32;

export interface Admission {
  /**
   * Why a connection that was just accepted is refused, in words for its peer; null if it is welcome.
   *
   * @param open how many there are without it.
   * @param endIdle ends an idle connection and says whether there was one.
   */
  refusal(open: number, endIdle: () => boolean): string | null;
  /** To be called with the number that is left whenever a connection ends. */
  ended(open: number): void;
}

export function createAdmission(mostConnections: number, log: ServerLog, room = descriptorRoom): Admission {
  const reported = new Set<string>();

  const report = (measure: string, cause: string): void => {
    if (!reported.has(measure)) log.warn(`${measure}: ${cause}`);
    reported.add(measure);
  };

  const most = (limit: number): number =>
    Math.min(mostConnections, Math.max(1, Math.floor(limit * shareOfDescriptors)));

  return {
    refusal: (open, endIdle) => {
      const { limit, spare } = room();
      if (spare < reservedDescriptors) {
        report('refusing connections', `almost all of the ${limit} files are open that the limit allows`);
        return 'too many files are open';
      }
      if (open < most(limit)) return null;
      const makesRoom = open < most(limit) + mostEnding && endIdle();
      report(makesRoom ? 'closing idle connections' : 'refusing connections', `${open} are open, which is the limit`);
      return makesRoom ? null : 'too many connections are open';
    },
    ended: (open) => {
      if (open <= most(room().limit) * calmShare) reported.clear();
    },
  };
}
