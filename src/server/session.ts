/**
 * One control connection that speaks MessagePack-RPC: authentication, requests run through the dispatch with their
 * replies in the order they finish, and notifications. A peer that breaks the protocol loses its connection and causes
 * one log line; it can never cost more than the limits say.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatch, Session } from '../commands/method.ts';
import { Fault } from '../model/errors.ts';
import { decodeMessage } from '../protocol/codec.ts';
import { createFrameReader } from '../protocol/frame.ts';
import type { ErrorRecord, HelloReply, RequestMessage } from '../protocol/messages.ts';
import { protocolVersion, sessionMethods, subscriptionNamespace, unauthorizedCode } from '../protocol/messages.ts';
import { type Access, describeActor, type Identity } from './access.ts';
import { endGently } from './end-gently.ts';
import type { ServerLimits } from './limits.ts';
import type { MessageSocket } from './message-socket.ts';
import { createOutput } from './output.ts';
import type { Peer } from './peer.ts';
import type { ServerLog } from './server-log.ts';

/** A connection as the server holds it. */
export interface ServedConnection {
  /** Ends it, giving a reason to the peer where what it speaks allows that. */
  readonly end: (reason: string) => void;
  /** Since when, on the steady clock, nothing is asked for and nothing awaited on it; null if something is. */
  readonly idleSince: () => number | null;
  /** Ends it because another version takes over, after what was begun on it. */
  readonly handOver?: (reason: string) => Promise<void>;
}

export interface SessionOptions {
  readonly socket: MessageSocket;
  /** What was read to find out that the peer speaks MessagePack. */
  readonly firstBytes: Uint8Array;
  readonly id: number;
  readonly peer: Peer;
  readonly access: Access;
  /** Who was found to be speaking before the session began; whoever needs no name by default. */
  readonly identity?: Identity;
  readonly dispatch: Dispatch;
  readonly log: ServerLog;
  readonly limits: ServerLimits;
  /** Of the product, for `session.hello`. */
  readonly version: string;
  /** Called when something large may have been given to the peer to read. */
  readonly onOutput: () => void;
}

/** Runs until the connection ends. */
export function runSession(options: SessionOptions): ServedConnection {
  const { socket, access, log, limits } = options;
  const peer = options.peer.name;
  const output = createOutput({
    socket,
    notificationBytes: limits.notificationBytes,
    onEmpty: () => readOn(),
    onFull: options.onOutput,
    goesOn: () => resting,
  });
  let identity = options.identity ?? access.anonymous;
  let wrongPasswords = 0;
  const inFlight = new Set<{ readonly id: number }>();
  let resting = false;
  let handingOver = false;
  let onIdle = (): void => {};
  let peerEnded = false;
  let ending = false;
  let closed = false;
  let lastUsedMs = performance.now();
  let unfinished: NodeJS.Timeout | null = null;
  const releases: (() => void)[] = [];
  const farewells = new Set<() => void>();
  const reader = createFrameReader(identity !== null ? limits.framesAfter : limits.framesBefore);

  const session: Session = {
    id: options.id,
    peer,
    get actor() {
      return describeActor(options.peer, identity ?? nobody);
    },
    get role() {
      return (identity ?? nobody).role;
    },
    notify: (method, params) => {
      if (!ending) output.notify(method, params);
    },
    onHandover: (tell) => {
      farewells.add(tell);
      return () => farewells.delete(tell);
    },
    onClose: (release) => {
      if (closed) release();
      else releases.push(release);
    },
  };

  const authenticationDeadline = setTimeout(() => {
    if (identity === null) refuse('did not authenticate in time');
  }, limits.authenticationMs);
  authenticationDeadline.unref();
  if (identity !== null) clearTimeout(authenticationDeadline);

  function readOn(): void {
    while (
      !ending &&
      !resting &&
      !handingOver &&
      inFlight.size < limits.requestsInFlight &&
      output.queuedBytes <= limits.outputBytes
    ) {
      const frame = reader.next();
      switch (frame.kind) {
        case 'message':
          take(frame.bytes);
          break;
        case 'broken':
          refuse(`sent a message that is ${describe[frame.problem]}`);
          return;
        case 'incomplete':
          if (peerEnded && inFlight.size === 0) end();
          else socket.resume();
          expectRest();
          return;
        default:
          frame satisfies never;
          return;
      }
    }
    if (!ending && !resting) socket.pause();
  }

  /** Until what was just begun has answered, if it can at once: its answer counts before the next one is begun. */
  function rest(): void {
    resting = true;
    queueMicrotask(() =>
      process.nextTick(() => {
        resting = false;
        readOn();
      }),
    );
  }

  /** A message that was begun must come to its end: its beginning takes memory, and a place from others. */
  function expectRest(): void {
    if (reader.heldBytes === 0 || unfinished !== null) return;
    unfinished = setTimeout(() => {
      unfinished = null;
      // It may well be complete, and only be left unread by us.
      if (socket.isPaused()) expectRest();
      else refuse('left a message unfinished');
    }, limits.messageMs);
    unfinished.unref();
  }

  function forgetRest(): void {
    if (unfinished !== null) clearTimeout(unfinished);
    unfinished = null;
  }

  function take(bytes: Uint8Array): void {
    lastUsedMs = performance.now();
    forgetRest();
    const decoded = decodeMessage(bytes);
    if (decoded.kind === 'invalid') {
      refuse(`sent a message that ${decoded.reason}`);
      return;
    }
    const { message } = decoded;
    // A notification wants no answer, and this version knows none that a client could send.
    if (message.type === 'request') answer(message);
    else if (message.type === 'response') refuse('sent a response, though nothing was asked');
  }

  function answer(request: RequestMessage): void {
    if (identity !== null && !access.stillHolds(identity)) identity = null;
    if (request.method === sessionMethods.hello) {
      const hello: HelloReply = {
        server: 'statevisor',
        version: options.version,
        protocol: protocolVersion,
        authenticated: identity !== null,
        role: identity?.role ?? null,
      };
      output.reply(request.id, null, hello);
    } else if (request.method === sessionMethods.authenticate) {
      authenticate(request);
    } else if (identity !== null) {
      void run(request);
      rest();
    } else {
      output.reply(request.id, unauthorized, null);
    }
  }

  function authenticate({ id, params }: RequestMessage): void {
    const [username, password] = params;
    if (params.length !== 2 || typeof username !== 'string' || typeof password !== 'string') {
      output.reply(id, recordOf(Fault.of('INCORRECT_PARAMETERS')), null);
      return;
    }
    const login = access.login(username, password, options.peer);
    if (login.kind !== 'accepted') {
      output.reply(id, login.kind === 'wrong' ? unauthorized : tooManyLogins(login.waitMs), null);
      wrongPasswords += 1;
      if (wrongPasswords >= limits.authenticationAttempts) refuse('gave a wrong username or password too often');
      return;
    }
    identity = login.identity;
    clearTimeout(authenticationDeadline);
    reader.setLimits(limits.framesAfter);
    output.reply(id, null, true);
  }

  async function run({ id, method, params }: RequestMessage): Promise<void> {
    const subscribes = method.startsWith(subscriptionNamespace);
    if (subscribes) output.hold();
    const request = { id };
    inFlight.add(request);
    try {
      output.reply(id, null, await options.dispatch(method, params, session));
    } catch (error) {
      if (!(error instanceof Fault)) {
        log.error(`${method} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
      output.reply(id, recordOf(error instanceof Fault ? error : Fault.of('FAILED', 'internal error')), null);
    }
    inFlight.delete(request);
    if (inFlight.size === 0) onIdle();
    lastUsedMs = performance.now();
    if (subscribes) output.release();
    options.onOutput();
    readOn();
  }

  /** Ends the connection of a peer that does not keep to the rules. */
  function refuse(reason: string): void {
    if (ending) return;
    log.warn(`closed the connection of ${peer}: it ${reason}`);
    close(`this connection ${reason}`);
  }

  function close(reason: string): void {
    if (ending) return;
    output.sayGoodbye(reason);
    end();
  }

  /** What was asked by now is answered: a client may ask anew whatever has no answer. */
  async function handOver(reason: string): Promise<void> {
    handingOver = true;
    if (inFlight.size > 0) {
      const answered = new Promise<void>((resolve) => {
        onIdle = resolve;
      });
      await Promise.race([answered, pause(limits.handoverMs, undefined, { ref: false })]);
    }
    if (ending) return;
    const unfinished = Fault.of('FAILED', `${reason} while this was under way`);
    for (const { id } of inFlight) output.reply(id, recordOf(unfinished), null);
    for (const tell of farewells) tell();
    output.sayGoodbye(reason, 'upgrade');
    end();
  }

  function end(): void {
    if (ending) return;
    ending = true;
    endGently(socket, limits.closeGraceMs);
  }

  socket.on('data', (chunk: Uint8Array) => {
    if (ending) return;
    reader.append(chunk);
    readOn();
  });
  socket.on('end', () => {
    // A peer may close its sending side and still wait for the replies.
    peerEnded = true;
    readOn();
  });
  socket.on('error', (error) => log.debug(`connection of ${peer}: ${error.message}`));
  socket.on('close', () => {
    ending = true;
    closed = true;
    clearTimeout(authenticationDeadline);
    forgetRest();
    for (const release of releases.splice(0)) {
      try {
        release();
      } catch (error) {
        log.error(`closing ${peer} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
    }
  });

  reader.append(options.firstBytes);
  readOn();
  return {
    end: close,
    handOver,
    idleSince: () => {
      const busy = inFlight.size > 0 || releases.length > 0 || reader.heldBytes > 0 || output.queuedBytes > 0;
      return busy || ending || identity === null ? null : lastUsedMs;
    },
  };
}

const recordOf = (fault: Fault): ErrorRecord => ({ code: fault.code, message: fault.text });

const unauthorized: ErrorRecord = { code: unauthorizedCode, message: 'UNAUTHORIZED' };

const msPerSecond = 1000;

const tooManyLogins = (waitMs: number): ErrorRecord => ({
  code: unauthorizedCode,
  message: `UNAUTHORIZED: too many wrong passwords, try again in ${Math.ceil(waitMs / msPerSecond)} seconds`,
});

/** Nothing is run for whoever has not said a name where one is needed; this is what the table would be told. */
const nobody: Identity = { name: null, role: 'view' };

/** Completes "sent a message that is …". */
const describe = {
  'not-an-array': 'not an array',
  'extension-type': 'of an extension type',
  'reserved-byte': 'not MessagePack',
  'too-large': 'too large',
  'too-deep': 'nested too deeply',
} as const;
