/**
 * A line typed into a terminal without an editor: unseen for passwords, or seen amid the output of a program, which an
 * editor would overwrite when it draws its prompt.
 */

import type { ReadStream, WriteStream } from 'node:tty';

export interface RawTerminal {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  /** Ctrl-C while a line is being typed. */
  readonly onInterrupt: () => void;
}

export interface RawReader {
  /** null at Ctrl-D on an empty line, at Ctrl-C, at the end of input, and when the signal aborts. */
  read(prompt: string, options: { readonly echo: boolean; readonly signal?: AbortSignal }): Promise<string | null>;
}

const enterKeys: ReadonlySet<string> = new Set(['\r', '\n']);
const eraseKeys: ReadonlySet<string> = new Set(['\b', '\u007f']);
const interruptKey = '\u0003';
const endKey = '\u0004';

/** What is typed behind the end of a line is kept for the next read. */
export function createRawReader({ stdin, stdout, onInterrupt }: RawTerminal): RawReader {
  let ahead = '';
  return {
    read: (prompt, { echo, signal }) =>
      new Promise((resolve) => {
        let typed = '';
        const show = (text: string): void => {
          if (echo) stdout.write(text);
        };
        const finish = (line: string | null): void => {
          stdin.off('data', onData);
          stdin.off('end', onEnd);
          signal?.removeEventListener('abort', onEnd);
          stdin.setRawMode(false);
          stdin.pause();
          resolve(line);
        };
        const onEnd = (): void => finish(null);
        const onData = (chunk: Buffer | string): void => {
          const keys = [...withoutEscapes(ahead + chunk)];
          ahead = '';
          for (const [index, key] of keys.entries()) {
            if (enterKeys.has(key)) {
              ahead = keys.slice(index + 1).join('');
              stdout.write('\n');
              finish(typed);
              return;
            }
            if (key === interruptKey || (key === endKey && typed === '')) {
              finish(null);
              if (key === interruptKey) onInterrupt();
              return;
            }
            if (!eraseKeys.has(key)) {
              typed += key;
              show(key);
            } else if (typed !== '') {
              typed = [...typed].slice(0, -1).join('');
              show('\b \b');
            }
          }
        };
        stdout.write(prompt);
        stdin.setEncoding('utf8');
        stdin.setRawMode(true);
        stdin.on('data', onData);
        stdin.on('end', onEnd);
        signal?.addEventListener('abort', onEnd, { once: true });
        stdin.resume();
        if (ahead !== '') onData('');
      }),
  };
}

/** Arrow keys and their like mean nothing here. */
function withoutEscapes(typed: string): string {
  const [plain = '', ...escaped] = typed.split('\u001b');
  return plain + escaped.map((text) => text.replace(/^(?:\[[0-9;]*[ -/]*[@-~]|O.)/, '')).join('');
}
