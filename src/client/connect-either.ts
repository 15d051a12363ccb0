/**
 * One client out of two protocols: the better one is tried first, and the other taken for good once the server turns out
 * not to speak the better one. Nothing is ever asked twice: that a server speaks another protocol shows before any call.
 */

import { ConnectionProblem, type ControlClient } from './control-client.ts';

/** @param openOther called at most once, and only when it is needed. */
export function connectEither(preferred: ControlClient, openOther: () => Promise<ControlClient>): ControlClient {
  let other: Promise<ControlClient> | null = null;
  let closed = false;

  async function open(): Promise<ControlClient> {
    const client = await openOther();
    if (closed) client.close();
    return client;
  }

  async function use<Answer>(request: (client: ControlClient) => Promise<Answer>): Promise<Answer> {
    if (other !== null) return request(await other);
    try {
      return await request(preferred);
    } catch (error) {
      if (!(error instanceof ConnectionProblem && error.code === 'EPROTO')) throw error;
      other ??= open();
      return request(await other);
    }
  }

  return {
    serverUrl: preferred.serverUrl,
    call: (method, ...params) => use((client) => client.call(method, ...params)),
    followLog: (options) => use((client) => client.followLog(options)),
    subscribe: (options) => use((client) => client.subscribe(options)),
    close: () => {
      closed = true;
      preferred.close();
      // Whoever called has been told why it could not be opened.
      other?.then((client) => client.close()).catch(() => {});
    },
  };
}
