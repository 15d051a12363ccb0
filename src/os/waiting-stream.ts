/**
 * Waits for an epoll set by means of Node's own event loop: a stream that has no room to read into reports each time that
 * there would be something, and takes nothing. No thread is woken, and one stream serves all pipes, of which each would
 * otherwise need one. Since no document promises it, it must be tried before anybody relies on it.
 */

import { closeSync } from 'node:fs';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { EpollSet } from './epoll-set.ts';
import { pipe } from './native.ts';
import type { Waiting, WaitingOptions } from './waiting.ts';
import { openBell } from './waiting-thread.ts';

const noRoom = new Uint8Array(0);

/** What Node's streams have inside. */
interface Handle {
  onread: () => void;
  open(fd: number): number | undefined;
}
type HandleClass = new (type: number) => Handle;

/** Node's number for a pipe that neither listens nor passes on descriptors. */
const plainPipe = 0;

/** Throws what Node refuses. */
export function waitByStream({ fd, onReady, onDefect }: WaitingOptions): Waiting {
  const Pipe = handleClass();
  const handle = new Pipe(plainPipe);
  const refusal = handle.open(fd);
  if (typeof refusal === 'number' && refusal !== 0) throw new Error(`cannot wait for ${fd}: ${refusal}`);
  const source: SocketConstructorOpts & { readonly handle: Handle; readonly onread: OnReadOpts } = {
    handle,
    readable: true,
    writable: false,
    onread: { buffer: noRoom, callback: () => true },
  };
  const socket = new Socket(source);
  socket.on('error', onDefect);
  // Node would make an error of each report, and end the stream.
  handle.onread = () => {
    onReady();
  };
  return {
    close: () => {
      socket.destroy();
    },
  };
}

let knownClass: HandleClass | null = null;

/** Node opens no other descriptors as streams than those it knows, but what it makes for a pipe takes any. */
function handleClass(): HandleClass {
  if (knownClass !== null) return knownClass;
  const { readFd, writeFd } = pipe();
  closeSync(writeFd);
  const socket = new Socket({ fd: readFd, readable: true, writable: false });
  const handle: unknown = Reflect.get(socket, '_handle');
  socket.destroy();
  if (typeof handle !== 'object' || handle === null || !isHandleClass(handle.constructor)) {
    throw new Error("there is no such thing in this version of Node's streams");
  }
  knownClass = handle.constructor;
  return knownClass;
}

const isHandleClass = (value: unknown): value is HandleClass =>
  typeof value === 'function' && typeof value.prototype?.open === 'function';

/** Turns of the event loop in which something that is ready has to be reported. */
const patienceTurns = 3;

/** Finds out whether such a stream reports, and tells, unless what it returns has been called. */
export function tryStream(onOutcome: (works: boolean) => void): () => void {
  const set = new EpollSet();
  const bell = openBell();
  set.add(bell);
  let waiting: Waiting | null = null;
  let open = true;
  const end = (): void => {
    if (!open) return;
    open = false;
    closeSync(bell);
    if (waiting === null) set.close();
    else waiting.close();
  };
  const conclude = (works: boolean): void => {
    if (!open) return;
    end();
    onOutcome(works);
  };
  const give = (turns: number): void => {
    if (turns === 0) conclude(false);
    else if (open) setImmediate(give, turns - 1);
  };
  try {
    waiting = waitByStream({
      fd: set.fd,
      onReady: () => {
        const isRight = set.ready()[0] === bell;
        conclude(isRight);
        return isRight;
      },
      onDefect: () => conclude(false),
    });
    give(patienceTurns);
  } catch {
    setImmediate(conclude, false);
  }
  return end;
}
