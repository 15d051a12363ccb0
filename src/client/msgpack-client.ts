/**
 * The control client over MessagePack-RPC on a unix socket or on TCP. It connects with the first call and again after the
 * connection was lost, so one client serves a command as well as a shell that outlives a restart of the daemon.
 */

import { Fault, faultCodes } from '../model/errors.ts';
import type { HelloReply } from '../protocol/messages.ts';
import { notifications, protocolVersion, sessionMethods, subscriptionMethods } from '../protocol/messages.ts';
import { otherProtocol, unauthorized } from './connection-problem.ts';
import { ConnectionProblem, type ControlClient, LogNotAvailable } from './control-client.ts';
import { describeEndpoint, type ServerAddress, urlOf } from './endpoint.ts';
import { type MsgpackLink, openMsgpackLink } from './msgpack-link.ts';
import { subscribeOver } from './msgpack-subscription.ts';

const clientName = 'statevisor';

/** Bytes of a log that a follower sees before the new ones, as Supervisor's `tail -f`. */
const followedTailBytes = 1024;

const noSuchLog: ReadonlySet<number> = new Set([faultCodes.BAD_NAME, faultCodes.NO_FILE]);

export function connectMsgpack(address: ServerAddress): ControlClient {
  let current: { readonly link: MsgpackLink; readonly ready: Promise<void> } | null = null;
  let closed = false;

  async function connected(): Promise<MsgpackLink> {
    if (closed) throw new ConnectionProblem('broken', 'the client is closed');
    if (current === null || !current.link.open) {
      const link = openMsgpackLink(address);
      current = { link, ready: introduce(link, address) };
    }
    const { link, ready } = current;
    await ready;
    return link;
  }

  /** Goes on by itself where the server is replaced by another version. */
  async function followLog(options: Parameters<ControlClient['followLog']>[0]): Promise<void> {
    let place: string | null = '';
    while (place !== null && !options.signal.aborted) place = await followFrom(place, options);
  }

  /** Resolves with the place to go on from; null when there is nothing to go on with. */
  async function followFrom(from: string, options: Parameters<ControlClient['followLog']>[0]): Promise<string | null> {
    const { process, channel, signal } = options;
    let reached: string | null = null;
    const link = await connected();
    // A signal that has been given while it connected is not given again.
    if (signal.aborted) return null;
    let finish: (problem: ConnectionProblem | null) => void = () => {};
    const finished = new Promise<void>((resolve, reject) => {
      finish = (problem) => (problem === null ? resolve() : reject(problem));
    });
    // Rejected before anybody waits for it when the connection ends early; the await below still sees it.
    finished.catch(() => {});
    const abort = (): void => finish(null);
    signal.addEventListener('abort', abort);
    try {
      // Only where it is needed: servers that do not know it would refuse it.
      const place = from === '' ? [] : [from];
      const subscription = await link.subscribe(
        process === null ? subscriptionMethods.mainLog : subscriptionMethods.log,
        process === null ? [followedTailBytes, ...place] : [process, channel, followedTailBytes, ...place],
        {
          onNotification: (method, [value]) => {
            if (method === notifications.logBytes && value instanceof Uint8Array && !signal.aborted) {
              options.onBytes(value);
            } else if (method === notifications.logPlace && typeof value === 'string') reached = value;
          },
          onMissed: (count) => options.onMissed?.(count),
          onClosed: finish,
        },
      );
      await finished;
      link.forget(subscription);
      if (link.open) link.call(subscriptionMethods.end, [subscription]).catch(() => {});
      return signal.aborted ? null : reached;
    } catch (error) {
      // However the connection has ended: this much is known.
      if (reached !== null && error instanceof ConnectionProblem) return reached;
      if (isToBeAskedAgain(error)) return from;
      if (error instanceof Fault && noSuchLog.has(error.code)) throw new LogNotAvailable(error.text);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  return {
    serverUrl: urlOf(address),
    call: async (method, ...params) => {
      for (;;) {
        try {
          return await (await connected()).call(method, params);
        } catch (error) {
          if (!isToBeAskedAgain(error)) throw error;
        }
      }
    },
    followLog,
    subscribe: async (options) => {
      if (!options.signal.aborted) await subscribeOver(await connected(), options);
    },
    close: () => {
      closed = true;
      current?.link.close();
    },
  };
}

const isToBeAskedAgain = (error: unknown): boolean => error instanceof ConnectionProblem && error.code === 'EAGAIN';

/** Says hello, which also finds out what the other side speaks, and authenticates where that is wanted. */
async function introduce(link: MsgpackLink, address: ServerAddress): Promise<void> {
  const { username, password } = address;
  const place = describeEndpoint(address);
  try {
    const hello = await link.call(sessionMethods.hello, [clientName, protocolVersion]);
    if (!isHello(hello)) throw otherProtocol(place);
    const isComplete = username !== null && password !== null;
    if (hello.authenticated && (!isComplete || username === '')) return;
    if (!isComplete) throw unauthorized(place, false);
    // Also where no name is needed: who gives one wants to be known by it.
    await link.call(sessionMethods.authenticate, [username, password]);
  } catch (error) {
    link.close();
    if (error instanceof Fault) throw otherProtocol(place);
    throw error;
  }
}

function isHello(reply: unknown): reply is HelloReply {
  if (typeof reply !== 'object' || reply === null) return false;
  return 'protocol' in reply && 'authenticated' in reply && typeof reply.authenticated === 'boolean';
}
