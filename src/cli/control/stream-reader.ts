/** Lines from a standard input that is no terminal: a pipe, a file, or nothing at all. Prompts are printed all the same. */

import { StringDecoder } from 'node:string_decoder';
import type { LineReader, Output, ReadOptions } from './context.ts';

/** `stdin` is a function because merely touching `process.stdin` opens it. */
export function createStreamReader(stdin: () => NodeJS.ReadableStream, output: Output): LineReader {
  const lines = createLineQueue(stdin);
  return {
    read: (prompt, options) => {
      output.raw(prompt);
      return lines.next(options);
    },
    readSecret: (prompt) => {
      // Python's getpass keeps this prompt off standard output as well.
      output.note(prompt);
      return lines.next({});
    },
    close: lines.close,
  };
}

interface LineQueue {
  readonly next: (options?: ReadOptions) => Promise<string | null>;
  readonly close: () => Promise<void>;
}

function createLineQueue(open: () => NodeJS.ReadableStream): LineQueue {
  const decoder = new StringDecoder('utf8');
  const complete: string[] = [];
  let partial = '';
  let ended = false;
  let stream: NodeJS.ReadableStream | null = null;
  let wake: (() => void) | null = null;

  const onData = (chunk: Buffer | string): void => {
    const [first = '', ...others] = (typeof chunk === 'string' ? chunk : decoder.write(chunk)).split('\n');
    partial += first;
    for (const other of others) {
      complete.push(partial.replace(/\r$/, ''));
      partial = other;
    }
    if (complete.length > 0) wake?.();
  };
  const onEnd = (): void => {
    if (ended) return;
    ended = true;
    if (partial !== '') complete.push(partial);
    partial = '';
    wake?.();
  };
  const attach = (): NodeJS.ReadableStream => {
    const opened = open();
    opened.on('data', onData);
    opened.on('end', onEnd);
    opened.on('close', onEnd);
    // A terminal that went away, for example, is an end like any other.
    opened.on('error', onEnd);
    return opened;
  };
  const arrival = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve) => {
      const arrived = (): void => {
        wake = null;
        signal?.removeEventListener('abort', arrived);
        resolve();
      };
      wake = arrived;
      signal?.addEventListener('abort', arrived);
    });

  return {
    async next({ signal } = {}) {
      while (complete.length === 0 && !ended && !signal?.aborted) {
        const arrived = arrival(signal);
        stream ??= attach();
        stream.resume();
        await arrived;
      }
      // While nobody asks, input stays where it is and keeps no process awake.
      stream?.pause();
      if (signal?.aborted) return null;
      return complete.shift() ?? null;
    },
    async close() {
      stream?.pause();
    },
  };
}
