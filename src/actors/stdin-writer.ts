/**
 * The daemon's end of a program's standard input. It stays open as long as the program lives, so that programs do not see
 * an end of input; what the pipe cannot take at once is kept, within a bound, and written as the program reads.
 */

import { Socket } from 'node:net';
import type { Os } from '../os/os.ts';

/** Input a program has not read yet may grow this large beyond its pipe; then it counts as closed. */
const maxPendingBytes = 4 * 1024 * 1024;

export interface StdinWriter {
  write(bytes: Uint8Array): void;
  close(): void;
}

export interface StdinWriterReports {
  /** The program will read no more. */
  readonly onClosed: () => void;
  /** All that was to be written is in the pipe. */
  readonly onWritten: () => void;
}

export function createStdinWriter(
  os: Pick<Os, 'writeDescriptor' | 'closeDescriptor'>,
  fd: number,
  { onClosed, onWritten }: StdinWriterReports,
): StdinWriter {
  let pending: Socket | null = null;
  let open = true;

  const onPieceWritten = (error?: Error | null): void => {
    if (open && !error && pending?.writableLength === 0) onWritten();
  };

  return {
    write: (bytes) => {
      if (!open) {
        onClosed();
        return;
      }
      if (pending === null) {
        const { accepted, closed } = os.writeDescriptor(fd, bytes);
        if (closed) onClosed();
        else if (accepted === bytes.length) onWritten();
        if (closed || accepted === bytes.length) return;
        pending = new Socket({ fd, readable: false, writable: true });
        pending.on('error', onClosed);
        pending.write(bytes.slice(accepted), onPieceWritten);
        return;
      }
      // A single piece may be larger: it is there already.
      if (pending.writableLength > 0 && pending.writableLength + bytes.length > maxPendingBytes) onClosed();
      else pending.write(bytes.slice(), onPieceWritten);
    },
    close: () => {
      if (!open) return;
      open = false;
      if (pending === null) os.closeDescriptor(fd);
      else pending.destroy();
    },
  };
}
