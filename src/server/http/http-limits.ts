/** How much one HTTP peer may cost. Tests pass smaller ones than the defaults. */

import type { XmlLimits } from '../../protocol/xml-rpc-tree.ts';

export interface HttpLimits {
  /** Request line and headers together. */
  readonly headerBytes: number;
  /** How long the first request may take to arrive up to the end of its headers. */
  readonly headerMs: number;
  /** How long a body may take, and how large one may be: of a method call, and of a form. */
  readonly bodyMs: number;
  readonly callBytes: number;
  readonly formBytes: number;
  readonly xml: XmlLimits;
  /** How long the rest of a request that is refused is waited for, so that the peer reads the refusal. */
  readonly refusalMs: number;
  /** Requests of one connection that wait for those before them; further ones are left unread. */
  readonly requestsWaiting: number;
  /** How long the peer may leave a response unread. */
  readonly stalledMs: number;
  /** How long a connection may stay open between requests. Clients of Supervisor keep one for as long as they live. */
  readonly idleMs: number;
  /** Connections between requests; of more, the one that has been idle longest is closed. Some clients forget theirs. */
  readonly idleConnections: number;
  /** How long a connection may take that the server ends, until its last bytes are read, or the peer, until it is answered. */
  readonly closeGraceMs: number;
}

export const defaultHttpLimits: HttpLimits = {
  headerBytes: 16 * 1024,
  headerMs: 30_000,
  bodyMs: 30_000,
  callBytes: 4 * 1024 * 1024,
  formBytes: 64 * 1024,
  xml: { maxDepth: 100, maxElements: 300_000 },
  refusalMs: 1000,
  requestsWaiting: 16,
  stalledMs: 60_000,
  idleMs: 30 * 60_000,
  idleConnections: 64,
  closeGraceMs: 1000,
};
