/** The very first connection, for which its protocol is still being loaded: alone in its file, since a second one finds it. */

import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { encodeMessage } from '../../src/protocol/codec.ts';
import { response, serve, until } from './serve.ts';

it('is answered and ended although its client has closed its side with the request', async () => {
  await using served = await serve();
  const socket = connect({ path: served.path, allowHalfOpen: true });
  const received: Buffer[] = [];
  let ended = false;
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  socket.on('end', () => {
    ended = true;
  });
  socket.end(encodeMessage({ type: 'request', id: 7, method: 'any', params: ['heard'] }));
  await until('the end', () => ended);
  expect(Buffer.concat(received)).toEqual(Buffer.from(encodeMessage(response(7, ['heard']))));
});
