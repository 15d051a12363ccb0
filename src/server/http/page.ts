/** What a page is asked and answers. Whoever makes pages sees no socket and no stream. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Session } from '../../commands/method.ts';
import type { Reply } from './reply.ts';

export interface PageRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Decoded, beginning with `/`, without the query. */
  readonly path: string;
  /** Query and urlencoded body together, by Supervisor's rules: empty values are left out, and the body wins. */
  readonly fields: ReadonlyMap<string, string>;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The connection and whoever asks, for calls to the control methods. */
  readonly session: Session;
  /** The client speaks `https`. */
  readonly isSecure: boolean;
  /** An action that a page of another site may have led to: the browser does not say. Somebody has to agree to it first. */
  readonly needsConfirmation: boolean;
}

/**
 * Answers null for an address it does not know. A request that a page of another site made, and that could change
 * something (`changesState`), never gets here.
 */
export type PageHandler = (request: PageRequest) => Promise<Reply | null> | Reply | null;

/** Everything sent by a form, and every link that carries an action. */
export const changesState = (method: string, fields: ReadonlyMap<string, string>): boolean =>
  method === 'POST' || fields.has('action');

/** Of a name that comes twice the first counts in the query and the last in the body (as Supervisor). */
export function readFields(query: string, body: string): ReadonlyMap<string, string> {
  const inQuery = [...new URLSearchParams(query)].reverse();
  return new Map([...inQuery, ...new URLSearchParams(body)].filter(([, value]) => value !== ''));
}
