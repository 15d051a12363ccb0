/**
 * Tells when a pipe can be read, without reading, by means of Node's own event loop: a stream that has no room to read
 * into reports each time that there would be something, and takes nothing. It costs half of what a waiting thread does.
 * Since no document promises it, it must be tried before anybody relies on it.
 */

import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import type { Watch } from './watch.ts';

const noRoom = new Uint8Array(0);

export interface RoomlessStreamOptions {
  /** Of a pipe. It belongs to the watch and is closed together with it. */
  readonly fd: number;
  readonly onReady: () => void;
  /** Hears why there will be no more reports. */
  readonly onDefect: (error: unknown) => void;
}

export function watchByStream({ fd, onReady, onDefect }: RoomlessStreamOptions): Watch {
  const source: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
    fd,
    readable: true,
    writable: false,
    onread: { buffer: noRoom, callback: () => true },
  };
  const socket = new Socket(source);
  const end = socket.destroy.bind(socket);
  // What the stream takes for a fatal error is what it is wanted for.
  socket.destroy = (error) => {
    if (isLackOfRoom(error)) onReady();
    else {
      socket.pause();
      onDefect(error);
    }
    return socket;
  };
  reportWithoutErrors(socket, onReady);
  return {
    pause: () => {
      socket.pause();
    },
    resume: () => {
      socket.resume();
    },
    close: () => {
      end();
    },
  };
}

/** Node makes an error of each report before it calls `destroy`, which takes longer than all the rest of a report. */
function reportWithoutErrors(socket: Socket, onReady: () => void): void {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle === 'object' && handle !== null) Reflect.set(handle, 'onread', () => onReady());
}

const isLackOfRoom = (error: Error | undefined): boolean =>
  error !== undefined && 'code' in error && error.code === 'ENOBUFS';
