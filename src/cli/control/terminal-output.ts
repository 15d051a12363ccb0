/** The real standard output and standard error. A reader that goes away (`| head -1`) is no error and no noise. */

import type { Output } from './context.ts';

export interface TerminalOutput extends Output {
  /** Resolves when all that was written has been taken by the reader, or never will be. */
  flushed(): Promise<void>;
}

export interface TerminalOutputOptions {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Nobody reads standard output any more; what is written after that is dropped. Called once. */
  readonly onClosed: () => void;
  /** Standard output cannot be written for another reason, such as a full disk. Called once, then `onClosed`. */
  readonly onFailed: () => void;
}

export function createOutput({ stdout, stderr, onClosed, onFailed }: TerminalOutputOptions): TerminalOutput {
  let closed = false;
  const note = (text: string): void => {
    stderr.write(`${text}\n`);
  };
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (closed) return;
    closed = true;
    if (error.code !== 'EPIPE') {
      note(`standard output cannot be written: ${error.message}`);
      onFailed();
    }
    onClosed();
  });
  stderr.on('error', () => undefined);
  const raw = (data: string | Uint8Array): void => {
    if (!closed) stdout.write(data);
  };
  return {
    isTerminal: 'isTTY' in stdout && stdout.isTTY === true,
    raw,
    line: (text) => raw(`${text}\n`),
    lines: (texts) => {
      if (texts.length > 0) raw(`${texts.join('\n')}\n`);
    },
    note,
    flushed: () =>
      new Promise((resolve) => {
        stdout.write('', () => resolve());
      }),
  };
}
