/** What the daemon's log says about event listeners, in Supervisor's words where it has some. */

import { listenerMachine } from '../../machines/listener.machine.ts';
import { poolMachine } from '../../machines/pool.machine.ts';
import { quoteBytes } from '../logging/python-quoting.ts';

export interface ListenerLog {
  error(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
}

export interface LoggedPoolDependencies {
  readonly log: ListenerLog;
  readonly onDefect: (where: string, error: unknown) => void;
}

/** As much as is shown of what a listener should not have written. */
const shownBytes = 200;

/** The machine of pools, with everything it reports going into the log. */
export function createLoggedPool({ log, onDefect }: LoggedPoolDependencies): typeof poolMachine {
  const listener = listenerMachine.provide({
    actions: {
      reportChange: (_, { name, from, to }) => {
        log.debug(`${name}: ${from} -> ${to}`);
        if (to !== 'UNKNOWN') return;
        log.warn(
          `${name}: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process ` +
            'violated the eventlistener protocol',
        );
      },
      reportSent: (_, { name, event }) => log.debug(`event ${event.serial} sent to listener ${name}`),
      reportJudgement: (_, { name, accepted, event }) => {
        if (accepted) log.debug(`${name}: event was processed`);
        else if (event !== null) log.warn(`${name}: event was rejected`);
        else log.warn(`${name}: event was rejected, which an earlier supervisord had sent: it is not known any more`);
      },
      reportBadResult: (_, { name, line }) => log.warn(`${name}: bad result line: '${readable(line)}'`),
      reportViolation: (_, { name, written, restarts }) => {
        const shown = quoteBytes(written.subarray(0, shownBytes)) + (written.length > shownBytes ? '...' : '');
        const outcome = restarts ? 'it is restarted' : 'it is left alone, since autorestart=false';
        log.warn(`${name}: wrote ${shown}, which is not part of the eventlistener protocol; ${outcome}`);
      },
      reportClosed: (_, { name, event }) => {
        if (event === null) return;
        log.debug(`epipe occurred while sending event ${event.serial} to listener ${name}, listener state unchanged`);
      },
    },
  });
  return poolMachine.provide({
    actors: { listener },
    actions: {
      reportOverflow: (_, { pool, event }) =>
        log.error(`pool ${pool} event buffer overflowed, discarding event ${event?.serial}`),
      reportRebuffering: (_, { pool, event, behind, limit }) =>
        log.debug(`rebuffering event ${event.serial} for pool ${pool} (buf size=${behind}, max=${limit})`),
      reportDefect: (_, { pool, error }) => onDefect(`the pool '${pool}'`, error),
    },
  });
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readable(line: Uint8Array): string {
  try {
    return strictUtf8.decode(line);
  } catch {
    return `Undecodable: ${quoteBytes(line)}`;
  }
}
