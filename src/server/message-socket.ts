/**
 * What a session needs of its connection. A stream socket has all of it; what carries the messages of a WebSocket offers
 * the same.
 */

export interface MessageSocket {
  readonly writable: boolean;
  /** Bytes that the peer has not taken yet. */
  readonly writableLength: number;
  readonly destroyed: boolean;
  cork(): void;
  uncork(): void;
  /** Calls back when the bytes have left. */
  write(bytes: Uint8Array, written: (error?: Error | null) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  isPaused(): boolean;
  end(): unknown;
  destroy(): unknown;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  once(event: 'close', listener: () => void): unknown;
}
