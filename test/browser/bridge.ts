/** A browser cannot open a unix socket: this passes on what comes in by TCP, until it is cut. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Bridge extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
  /** Ends all connections and takes no others. */
  cut(): Promise<void>;
  /** Takes connections again, at the same address. */
  mend(): Promise<void>;
}

export async function openBridge(path: string): Promise<Bridge> {
  const sockets = new Set<Socket>();
  let server = createServer(pass);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);

  function pass(socket: Socket): void {
    const target = connect(path);
    for (const [from, to] of [[socket, target] as const, [target, socket] as const]) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }

  async function cut(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    address: `http://127.0.0.1:${port}`,
    cut,
    mend: async () => {
      server = createServer(pass).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    [Symbol.asyncDispose]: cut,
  };
}

export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
