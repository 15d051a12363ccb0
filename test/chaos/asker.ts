/** Asks the daemon, whichever lives at that moment, over both protocols, and tells apart why there was no answer. */

import { ConnectionProblem, type ControlClient } from '../../src/client/control-client.ts';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import { connectXmlRpc } from '../../src/client/xml-rpc-client.ts';
import { Fault } from '../../src/model/errors.ts';
import type { Protocol } from './script.ts';

/** Milliseconds in which every request must be answered, unless the daemon is killed. */
export const answerWithinMs = 90_000;

export type Reply =
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly code: number }
  /** Nobody has got the request; or perhaps somebody has, but the answer was lost. */
  | { readonly kind: 'unsent' | 'lost' };

export class Asker {
  readonly #path: string;
  #clients: Readonly<Record<Protocol, ControlClient>>;

  constructor(socketPath: string) {
    this.#path = socketPath;
    this.#clients = this.#open();
  }

  /** Throws when there is no answer although the daemon lives. */
  async call(protocol: Protocol, method: string, ...params: readonly unknown[]): Promise<Reply> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer to ${method}(${params.join(', ')})`)), answerWithinMs);
    });
    try {
      return { kind: 'result', value: await Promise.race([this.#clients[protocol].call(method, ...params), late]) };
    } catch (error) {
      if (error instanceof Fault) return { kind: 'fault', code: error.code };
      if (!(error instanceof ConnectionProblem)) throw error;
      return { kind: error.kind === 'broken' ? 'lost' : 'unsent' };
    } finally {
      clearTimeout(timer);
    }
  }

  /** The result of a call that must succeed. */
  async ask(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const reply = await this.call('messagepack', method, ...params);
    if (reply.kind !== 'result') throw new Error(`${method} was not answered: ${JSON.stringify(reply)}`);
    return reply.value;
  }

  /** Closes the connections that are kept for later calls: one for each call that was under way at once. */
  renew(): void {
    this.close();
    this.#clients = this.#open();
  }

  close(): void {
    for (const client of Object.values(this.#clients)) client.close();
  }

  #open(): Readonly<Record<Protocol, ControlClient>> {
    const address = { path: this.#path, username: null, password: null };
    return { messagepack: connectMsgpack(address), 'xml-rpc': connectXmlRpc(address) };
  }
}
