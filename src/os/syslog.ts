/**
 * Lines for the system's log. They are sent as the C library would send them, but never waited for: what the system's
 * log does not take is dropped and counted, for no program may stand still because of it.
 */

import { closeSync } from 'node:fs';
import { openDatagramSocket, SystemError, sendDatagram, unixAddress } from './native.ts';

export interface Syslog {
  /** One line without its end. */
  send(line: Uint8Array): void;
  close(): void;
}

export interface SyslogOptions {
  /** Receives one sentence when lines begin to be dropped, and one when they are taken again. */
  readonly onProblem: (message: string) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Where the system's log listens. */
  readonly path?: string;
}

const systemPath = '/dev/log';

/** Facility user (1), severity info (6): what Supervisor's lines have. */
const priority = 1 * 8 + 6;

/** The name under which Supervisor's lines appear. */
const identity = 'supervisord';

/** A log that is busy now and then is complained about no more often than this. */
const quietMs = 60_000;

/** Below what a datagram can hold on any system. */
const longestLineBytes = 64 * 1024;

/** The socket is opened with the first line. */
export function createSyslog({ onProblem, now, path = systemPath }: SyslogOptions): Syslog {
  const address = unixAddress(path);
  let fd: number | null = null;
  let dropped = 0;
  let complaining = false;
  let complainedAt = Number.NEGATIVE_INFINITY;

  const recover = (): void => {
    if (!complaining) return;
    complaining = false;
    onProblem(`the system log takes lines again; ${dropped} lines are lost`);
    dropped = 0;
  };

  const drop = (error: unknown): void => {
    dropped += 1;
    if (complaining || now() < complainedAt + quietMs) return;
    complaining = true;
    complainedAt = now();
    const reason = error instanceof SystemError ? error.code : String(error);
    onProblem(`the system log at ${path} takes no lines (${reason}); they are dropped`);
  };

  return {
    send: (line) => {
      const header = Buffer.from(`<${priority}>${timestamp(new Date(now()))} ${identity}: `);
      try {
        fd ??= openDatagramSocket();
        sendDatagram(fd, address, Buffer.concat([header, line.subarray(0, longestLineBytes)]));
      } catch (error) {
        drop(error);
        return;
      }
      recover();
    },
    close: () => {
      if (fd !== null) closeSync(fd);
      fd = null;
    },
  };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Local time as `Nov  2 07:05:09`. */
function timestamp(time: Date): string {
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0'));
  return `${months[time.getMonth()]} ${String(time.getDate()).padStart(2)} ${clock.join(':')}`;
}
