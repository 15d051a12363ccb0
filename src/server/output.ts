/**
 * The sending side of one MessagePack connection. Replies are always queued, notifications only while the peer keeps up:
 * the others are dropped, counted, and the count is told as soon as the queue is empty again.
 */

import { encodeMessage } from '../protocol/codec.ts';
import type { ErrorRecord } from '../protocol/messages.ts';
import { notifications } from '../protocol/messages.ts';
import type { MessageSocket } from './message-socket.ts';

export interface Output {
  /** Throws when the result cannot be expressed in MessagePack; then nothing was sent. */
  reply(id: number, error: ErrorRecord | null, result: unknown): void;
  notify(method: string, params: readonly unknown[]): void;
  /** The last message of all; it is sent even when the queue is full. With `upgrade` the peer is to connect again. */
  sayGoodbye(reason: string, kind?: 'upgrade'): void;
  /** Keeps notifications back until `release` was called as often: they must not overtake a reply. */
  hold(): void;
  release(): void;
  /** Bytes the peer has not taken yet. */
  readonly queuedBytes: number;
}

export interface OutputOptions {
  readonly socket: MessageSocket;
  /** Queued bytes above which notifications are dropped. */
  readonly notificationBytes: number;
  /** The peer has taken everything. */
  readonly onEmpty: () => void;
  /** The first notification was dropped since then. */
  readonly onFull: () => void;
  /** More is about to be written in this turn. */
  readonly goesOn: () => boolean;
}

/** So much may wait for more to leave with it: a large answer has nothing to gain from that. */
const gatherBytes = 16 * 1024;

export function createOutput({ socket, notificationBytes, onEmpty, onFull, goesOn }: OutputOptions): Output {
  let corked = false;
  let missed = 0;
  let holders = 0;
  let held: Uint8Array[] = [];
  let heldBytes = 0;

  function write(bytes: Uint8Array): void {
    if (!socket.writable) return;
    if (!corked) {
      // All messages of one turn leave in one system call, and so do the answers to requests that came together.
      corked = true;
      socket.cork();
      process.nextTick(flush);
    }
    socket.write(bytes, written);
  }

  function flush(): void {
    if (goesOn() && socket.writableLength < gatherBytes) {
      // By way of a microtask, which would never have its turn between two ticks.
      queueMicrotask(() => process.nextTick(flush));
      return;
    }
    corked = false;
    socket.uncork();
  }

  // Not the drain event: it is silent as long as the queue stays below the stream's own mark.
  function written(): void {
    if (socket.writableLength > 0 || !socket.writable) return;
    tellMissed();
    onEmpty();
  }

  function notify(method: string, params: readonly unknown[]): void {
    if (!socket.writable) return;
    if (missed > 0 || socket.writableLength + heldBytes > notificationBytes) {
      missed += 1;
      if (missed === 1) onFull();
      return;
    }
    const bytes = encodeMessage({ type: 'notification', method, params });
    if (holders === 0) {
      write(bytes);
      return;
    }
    held.push(bytes);
    heldBytes += bytes.length;
  }

  function release(): void {
    holders -= 1;
    if (holders > 0) return;
    for (const bytes of held) write(bytes);
    held = [];
    heldBytes = 0;
    if (socket.writableLength === 0) tellMissed();
  }

  function tellMissed(): void {
    if (missed === 0 || holders > 0) return;
    const count = missed;
    missed = 0;
    notify(notifications.missed, [count]);
  }

  return {
    reply: (id, error, result) => write(encodeMessage({ type: 'response', id, error, result })),
    notify,
    sayGoodbye: (reason, kind) => {
      const params = kind === undefined ? [reason] : [reason, kind];
      write(encodeMessage({ type: 'notification', method: notifications.closing, params }));
    },
    hold: () => {
      holders += 1;
    },
    release,
    get queuedBytes() {
      return socket.writableLength + heldBytes;
    },
  };
}
