/** One event on its way to listeners, and how it looks on their standard input. */

import type { EventType } from './event-types.ts';

/** In which unit `len` counts: code points as Supervisor, or the bytes of the UTF-8 that are written. */
export type LengthUnit = 'characters' | 'bytes';

export interface RaisedEvent {
  readonly type: EventType;
  /** Number among all events that were sent to anybody since the daemon started, from 0. */
  readonly serial: number;
  /** `identifier` of the daemon. */
  readonly server: string;
  readonly payload: string;
}

/** An event that a pool has taken. */
export interface PooledEvent extends RaisedEvent {
  /** Number among the events of the pool, from 0. */
  readonly poolSerial: number;
}

const encoder = new TextEncoder();

/** The header line and the body, as they are written to a listener of `pool`. */
export function renderEvent(event: PooledEvent, pool: string, unit: LengthUnit): Uint8Array {
  const { server, serial, poolSerial, type, payload } = event;
  const length = unit === 'bytes' ? encoder.encode(payload).length : countCharacters(payload);
  return encoder.encode(
    `ver:3.0 server:${server} serial:${serial} pool:${pool} poolserial:${poolSerial} eventname:${type} len:${length}\n${payload}`,
  );
}

/** Code points; a surrogate without its other half is one, as it becomes one U+FFFD when it is encoded. */
function countCharacters(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at += 1) {
    if ((text.codePointAt(at) ?? 0) > 0xffff) {
      pairs += 1;
      at += 1;
    }
  }
  return text.length - pairs;
}
