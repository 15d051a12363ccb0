/** A place where an inspector listens: passes on to everybody else what one says, as the inspector's own server does. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { waitFor } from '../helpers/wait.ts';

export interface Told {
  readonly type: string;
  readonly name?: string;
  readonly sessionId: string;
  readonly parentId?: string;
  readonly sourceId?: string;
  readonly definition?: string;
  readonly event?: { readonly type: string };
  readonly snapshot?: { readonly status: string; readonly value?: unknown; readonly context?: unknown };
}

export class InspectorServer {
  readonly url: string;
  readonly port: number;
  readonly #server: WebSocketServer;
  readonly texts: string[] = [];

  private constructor(server: WebSocketServer, port: number) {
    this.#server = server;
    this.port = port;
    this.url = `ws://127.0.0.1:${port}`;
    server.on('connection', (socket) => {
      socket.on('error', () => {});
      socket.on('message', (data) => {
        this.texts.push(String(data));
        for (const other of server.clients)
          if (other !== socket && other.readyState === WebSocket.OPEN) other.send(String(data));
      });
    });
  }

  /** `port`: 0 for any that is free. */
  static async open(port = 0): Promise<InspectorServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port });
    await once(server, 'listening');
    return new InspectorServer(server, (server.address() as AddressInfo).port);
  }

  get connections(): number {
    return this.#server.clients.size;
  }

  get told(): readonly Told[] {
    return this.texts.map((text): Told => JSON.parse(text));
  }

  /** Waits for a message of the actor of that name. */
  async waitFor(what: string, name: string, isMeant: (told: Told) => boolean): Promise<Told> {
    return await waitFor(what, () => {
      const { told } = this;
      const ids = new Set(told.filter((one) => one.name === name).map(({ sessionId }) => sessionId));
      return told.find((one) => ids.has(one.sessionId) && isMeant(one));
    });
  }

  /** Everybody is sent away without a word. */
  async close(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
