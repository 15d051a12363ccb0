/**
 * A TCP port of the loopback interface that nobody uses at the moment. Not one of those that the system gives to whoever
 * asks for any (from 32768 on Linux): before a daemon listens there, somebody else could be given it.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

const [lowest, highest] = [10_000, 32_000];

export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
