/** How much one peer, and all of them together, may cost. Tests pass smaller ones than the defaults. */

import type { FrameLimits } from '../protocol/frame.ts';

export interface ServerLimits {
  /** Open connections of all sockets together, whatever they speak. */
  readonly connections: number;
  /** How long a connection may stay silent before its first byte. */
  readonly firstByteMs: number;
  /** How long a MessagePack connection may stay without successful authentication, where it is required. */
  readonly authenticationMs: number;
  /** Wrong passwords before the connection is closed. */
  readonly authenticationAttempts: number;
  /** Messages before and after authentication. */
  readonly framesBefore: FrameLimits;
  readonly framesAfter: FrameLimits;
  /** How long a message may take from its first byte to its last. */
  readonly messageMs: number;
  /** Requests of one connection that are being worked on; further ones are left unread. */
  readonly requestsInFlight: number;
  /** Replies waiting for the peer to read; above it no request is read. */
  readonly outputBytes: number;
  /** Output waiting for the peer to read; above it notifications are dropped and counted. */
  readonly notificationBytes: number;
  /** Output that all peers together have not read; above it the connection that holds most of it is closed. */
  readonly unreadBytes: number;
  /** How long a connection that the server ends may take to read its last bytes. */
  readonly closeGraceMs: number;
  /** How long a connection may take, when another version takes over, for what it has begun. */
  readonly handoverMs: number;
  /** How long then one that was just opened may take for its first byte: its client may not have had its turn yet. */
  readonly handoverSilenceMs: number;
}

export const defaultLimits: ServerLimits = {
  connections: 256,
  firstByteMs: 10_000,
  authenticationMs: 30_000,
  authenticationAttempts: 3,
  framesBefore: { maxBytes: 4096, maxDepth: 4, maxValues: 64 },
  framesAfter: { maxBytes: 4 * 1024 * 1024, maxDepth: 32, maxValues: 100_000 },
  messageMs: 30_000,
  requestsInFlight: 64,
  outputBytes: 1024 * 1024,
  notificationBytes: 4 * 1024 * 1024,
  unreadBytes: 128 * 1024 * 1024,
  closeGraceMs: 1000,
  handoverMs: 300,
  handoverSilenceMs: 2000,
};
