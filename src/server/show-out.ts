/**
 * Refuses a connection in words its peer understands: its first bytes tell what it speaks, and they are waited for, but
 * not long. Nobody who is shown out can hold more than one descriptor, and that only for a moment.
 */

import type { Socket } from 'node:net';
import { notifications } from '../protocol/messages.ts';
import { afterPreface } from '../protocol/preface.ts';
import { endGently } from './end-gently.ts';

/**
 * @param reason for people: `too many connections are open`.
 * @param graceMs milliseconds the peer has for its first bytes, and again for reading the answer.
 */
export function showOut(socket: Socket, reason: string, graceMs: number): void {
  let received: Buffer = Buffer.alloc(0);
  const answer = async (): Promise<void> => {
    clearTimeout(silence);
    socket.removeListener('data', onBytes);
    // An end that came before the words would take them along.
    socket.removeListener('end', onEnd);
    socket.pause();
    const words = beginsLikeHttp(afterPreface(received)) ? httpRefusal(reason) : await goodbye(reason);
    if (socket.destroyed) return;
    socket.write(words);
    endGently(socket, graceMs);
  };
  const onEnd = (): void => socket.destroySoon();
  const onBytes = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]);
    if (afterPreface(received).length > 0) void answer();
  };
  const silence = setTimeout(() => void answer(), graceMs);
  silence.unref();
  socket.on('error', () => {});
  socket.on('data', onBytes);
  socket.once('end', onEnd);
  socket.once('close', () => clearTimeout(silence));
}

/** A method stands there in capitals. */
export const beginsLikeHttp = ([first = 0]: Uint8Array): boolean => first >= 0x41 && first <= 0x5a;

async function goodbye(reason: string): Promise<Uint8Array> {
  const { encodeMessage } = await import('../protocol/codec.ts');
  return encodeMessage({ type: 'notification', method: notifications.closing, params: [reason] });
}

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
