/** One subscription over a connection that speaks MessagePack-RPC, from its beginning to its end. */

import { subscriptionMethods } from '../protocol/messages.ts';
import type { ConnectionProblem, SubscribeOptions } from './control-client.ts';
import type { MsgpackLink } from './msgpack-link.ts';

/** As `ControlClient.subscribe`. */
export async function subscribeOver(link: MsgpackLink, options: SubscribeOptions): Promise<void> {
  const { method, params, signal } = options;
  let finish: (problem: ConnectionProblem | null) => void = () => {};
  const finished = new Promise<void>((resolve, reject) => {
    finish = (problem) => (problem === null ? resolve() : reject(problem));
  });
  // Rejected before anybody waits for it when the connection ends early; the await below still sees it.
  finished.catch(() => {});
  const abort = (): void => finish(null);
  signal.addEventListener('abort', abort);
  try {
    const subscription = await link.subscribe(method, params, {
      onReply: (reply) => {
        if (!signal.aborted) options.onReply(reply);
      },
      onNotification: (name, values) => {
        if (!signal.aborted) options.onNotification(name, values);
      },
      onMissed: (count) => {
        if (!signal.aborted) options.onMissed(count);
      },
      onClosed: finish,
    });
    if (signal.aborted) finish(null);
    await finished;
    link.forget(subscription);
    if (link.open) link.call(subscriptionMethods.end, [subscription]).catch(() => {});
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
