/** Clients that stand around for some time: those that are of no use to anybody, and those that follow a log. */

import type { Socket } from 'node:net';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import { pause } from '../helpers/wait.ts';
import type { UselessManner } from './script.ts';
import { openUselessClient } from './useless-client.ts';

export class Bystanders {
  readonly #path: string;
  readonly #sockets = new Set<Socket>();
  readonly #followers = new Set<AbortController>();

  constructor(socketPath: string) {
    this.#path = socketPath;
  }

  async standAround(manner: UselessManner, forMs: number): Promise<void> {
    const socket = openUselessClient(this.#path, manner);
    this.#sockets.add(socket);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await Promise.race([pause(forMs), closed]);
    socket.destroy();
    this.#sockets.delete(socket);
  }

  async follow(process: string, forMs: number): Promise<void> {
    const client = connectMsgpack({ path: this.#path, username: null, password: null });
    const abort = new AbortController();
    this.#followers.add(abort);
    const timer = setTimeout(() => abort.abort(), forMs);
    try {
      await client.followLog({ process, channel: 'stdout', onBytes: () => {}, signal: abort.signal });
    } catch {
      // No such log, or no such daemon any more.
    } finally {
      clearTimeout(timer);
      this.#followers.delete(abort);
      client.close();
    }
  }

  sendAway(): void {
    for (const follower of this.#followers) follower.abort();
    for (const socket of this.#sockets) socket.destroy();
  }
}
