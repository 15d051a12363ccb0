/** Clients that connect and are of no use to anybody: the daemon must neither wait for them nor grow with them. */

import { connect, type Socket } from 'node:net';
import { encodeMessage } from '../../src/protocol/codec.ts';
import { preface } from '../../src/protocol/preface.ts';
import type { UselessManner } from './script.ts';

const manyRequests = 200;

function words(manner: UselessManner): readonly Uint8Array[] {
  switch (manner) {
    case 'silent':
      return [];
    case 'half-frame':
      return [Buffer.from([0x94, 0x00, 0x01])];
    case 'half-http':
      return [Buffer.from('POST /RPC2 HTTP/1.1\r\nContent-Length: 1000\r\n\r\n<?xml')];
    case 'garbage':
      return [Buffer.from([0xc1, 0xff, 0x00, 0x0a, 0x0d, 0x0a])];
    case 'never-reads':
      return [
        Buffer.from(preface),
        ...Array.from({ length: manyRequests }, (_, id) =>
          encodeMessage({ type: 'request', id, method: 'supervisor.getAllProcessInfo', params: [] }),
        ),
      ];
    default:
      return manner satisfies never;
  }
}

/** Connects; whatever comes of that, the socket has to be destroyed by the caller. */
export function openUselessClient(path: string, manner: UselessManner): Socket {
  const socket = connect(path);
  socket.on('error', () => {});
  for (const bytes of words(manner)) socket.write(bytes);
  if (manner === 'never-reads') socket.pause();
  return socket;
}
