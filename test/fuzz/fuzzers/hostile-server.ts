/** A server that answers whatever a fuzzer wants, in random pieces, and then ends the connection. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextTurn } from './unsettled.ts';

export interface HostileServer {
  readonly path: string;
  /** What each request is answered with, the first one first; after the last answer the connection ends. */
  answers: readonly (readonly Uint8Array[])[];
  close(): Promise<void>;
}

export async function startHostileServer(): Promise<HostileServer> {
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-fuzz-'));
  const path = join(folder, 's.sock');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let asked = 0;
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', () => {
      const pieces = hostile.answers[asked];
      asked += 1;
      void give(socket, pieces ?? [], asked >= hostile.answers.length);
    });
  });
  const hostile: HostileServer = {
    path,
    answers: [],
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(folder, { recursive: true });
    },
  };
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return hostile;
}

async function give(socket: Socket, pieces: readonly Uint8Array[], isLast: boolean): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(piece);
    if (pieces.length > 1) await nextTurn();
  }
  if (isLast) socket.end();
}
