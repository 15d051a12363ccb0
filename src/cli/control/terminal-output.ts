/** The real standard output and standard error. A reader that goes away (`| head -1`) is no error and no noise. */

import type { Output } from './context.ts';

/** `onClosed` runs once, when nobody reads standard output any more; what is written after that is dropped. */
export function createOutput(
  stdout: NodeJS.WritableStream,
  stderr: NodeJS.WritableStream,
  onClosed: () => void,
): Output {
  let closed = false;
  stdout.on('error', () => {
    if (closed) return;
    closed = true;
    onClosed();
  });
  stderr.on('error', () => undefined);
  const raw = (data: string | Uint8Array): void => {
    if (!closed) stdout.write(data);
  };
  return {
    raw,
    line: (text) => raw(`${text}\n`),
    note: (text) => {
      stderr.write(`${text}\n`);
    },
  };
}
