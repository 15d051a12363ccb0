/**
 * Refuses a connection in words its peer understands: its first bytes tell what it speaks, and they are waited for, but
 * not long. Nobody who is shown out can hold more than one descriptor, and that only for a moment.
 */

import type { Socket } from 'node:net';
import { encodeMessage } from '../protocol/codec.ts';
import { notifications } from '../protocol/messages.ts';
import { afterPreface } from '../protocol/preface.ts';
import { endGently } from './end-gently.ts';

/**
 * @param reason for people: `too many connections are open`.
 * @param graceMs milliseconds the peer has for its first bytes, and again for reading the answer.
 */
export function showOut(socket: Socket, reason: string, graceMs: number): void {
  let received: Buffer = Buffer.alloc(0);
  const answer = (): void => {
    clearTimeout(silence);
    socket.removeListener('data', onBytes);
    socket.write(beginsLikeHttp(afterPreface(received)) ? httpRefusal(reason) : goodbye(reason));
    endGently(socket, graceMs);
  };
  const onBytes = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]);
    if (afterPreface(received).length > 0) answer();
  };
  const silence = setTimeout(answer, graceMs);
  silence.unref();
  socket.on('error', () => {});
  socket.on('data', onBytes);
  socket.once('end', () => socket.destroySoon());
  socket.once('close', () => clearTimeout(silence));
}

/** A method stands there in capitals. */
export const beginsLikeHttp = ([first = 0]: Uint8Array): boolean => first >= 0x41 && first <= 0x5a;

const goodbye = (reason: string): Uint8Array =>
  encodeMessage({ type: 'notification', method: notifications.closing, params: [reason] });

const httpRefusal = (reason: string): string =>
  [
    'HTTP/1.1 503 Service Unavailable',
    'Content-Type: text/plain',
    `Content-Length: ${Buffer.byteLength(reason) + 1}`,
    'Retry-After: 1',
    'Connection: close',
    '',
    `${reason}\n`,
  ].join('\r\n');
