/**
 * Lines from a terminal, with editing, completion and history. Between two reads the terminal is in its normal mode, so
 * that Ctrl-C during a command is a signal and what is typed ahead waits.
 */

import { createInterface, type Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Completion } from './completion.ts';
import type { LineReader, ReadOptions } from './context.ts';

export interface TerminalReaderOptions {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  /** Ctrl-C while a line is being typed. */
  readonly onInterrupt: () => void;
  readonly complete: (line: string) => Promise<Completion>;
  /** Lines of earlier sessions, oldest first. */
  readonly history: readonly string[];
}

export interface TerminalReader extends LineReader {
  /** Earlier and remembered lines, oldest first. */
  history(): readonly string[];
}

/** Takes the terminal at the first read. */
export function createTerminalReader(options: TerminalReaderOptions): TerminalReader {
  const { stdin, stdout } = options;
  // Newest first, as readline wants it.
  let remembered: string[] = [...options.history].reverse();
  let remembering = false;
  let editor: Interface | null = null;
  let waiter: ((line: string | null) => void) | null = null;
  const typedAhead: string[] = [];

  const deliver = (line: string): void => {
    if (waiter) waiter(line);
    else typedAhead.push(line);
  };
  const openEditor = (): Interface => {
    const opened = createInterface({
      input: stdin,
      output: stdout,
      terminal: true,
      history: [...remembered],
      historySize: Number.MAX_SAFE_INTEGER,
      completer: (line: string, done: (error: Error | null, result: [string[], string]) => void) => {
        options.complete(line).then(
          ({ candidates, word }) => done(null, [[...candidates], word]),
          () => done(null, [[], line]),
        );
      },
    });
    opened.on('line', deliver);
    opened.on('SIGINT', options.onInterrupt);
    opened.on('history', (lines) => {
      if (remembering) remembered = [...lines];
      else lines.splice(0, lines.length, ...remembered);
    });
    opened.on('close', () => {
      if (editor === opened) editor = null;
      waiter?.(null);
    });
    return opened;
  };

  const read = (prompt: string, { signal, remember = false }: ReadOptions = {}): Promise<string | null> => {
    if (signal?.aborted) return Promise.resolve(null);
    const typed = typedAhead.shift();
    if (typed !== undefined) {
      stdout.write(`${prompt}${typed}\n`);
      return Promise.resolve(typed);
    }
    return new Promise((resolve) => {
      const settle = (line: string | null): void => {
        waiter = null;
        signal?.removeEventListener('abort', giveUp);
        rest();
        resolve(line);
      };
      const giveUp = (): void => settle(null);
      waiter = settle;
      signal?.addEventListener('abort', giveUp, { once: true });
      remembering = remember;
      editor ??= openEditor();
      stdin.setRawMode(true);
      editor.setPrompt(prompt);
      editor.prompt();
    });
  };
  const rest = (): void => {
    editor?.pause();
    stdin.setRawMode(false);
  };

  return {
    read,
    readSecret: (prompt) => {
      closeEditor();
      return readUnseen(options, prompt);
    },
    close: async () => closeEditor(),
    history: () => [...remembered].reverse(),
  };

  function closeEditor(): void {
    const closing = editor;
    editor = null;
    closing?.close();
  }
}

/** Reads a line without echo: only Enter, Backspace, Ctrl-C and Ctrl-D mean anything but themselves. */
function readUnseen({ stdin, stdout, onInterrupt }: TerminalReaderOptions, prompt: string): Promise<string | null> {
  stdout.write(prompt);
  stdin.setRawMode(true);
  stdin.resume();
  return new Promise((resolve) => {
    let typed = '';
    const finish = (line: string | null): void => {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
      stdout.write('\n');
      resolve(line);
    };
    const onData = (chunk: Buffer | string): void => {
      for (const key of String(chunk)) {
        if (key === enter || key === newline) {
          finish(typed);
          return;
        }
        if (key === interrupt || (key === endOfInput && typed === '')) {
          finish(null);
          if (key === interrupt) onInterrupt();
          return;
        }
        typed = key === backspace || key === erase ? [...typed].slice(0, -1).join('') : typed + key;
      }
    };
    stdin.on('data', onData);
  });
}

const enter = '\r';
const newline = '\n';
const interrupt = '\u0003';
const endOfInput = '\u0004';
const backspace = '\b';
const erase = '\u007f';
