/**
 * Lines from a terminal, with editing, completion and history. Between two reads the terminal is in its normal mode, so
 * that Ctrl-C during a command is a signal and what is typed ahead waits.
 */

import { createInterface, type Interface } from 'node:readline';
import type { Completion } from './completion.ts';
import type { LineReader, ReadOptions } from './context.ts';
import { createRawReader, type RawTerminal } from './raw-reader.ts';

export interface TerminalReaderOptions extends RawTerminal {
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
  const raw = createRawReader(options);
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

  const read = (
    prompt: string,
    { signal, remember = false, bare = false }: ReadOptions = {},
  ): Promise<string | null> => {
    if (signal?.aborted) return Promise.resolve(null);
    const typed = typedAhead.shift();
    if (typed !== undefined) {
      stdout.write(`${prompt}${typed}\n`);
      return Promise.resolve(typed);
    }
    if (bare) {
      closeEditor();
      return raw.read(prompt, { echo: true, ...(signal && { signal }) });
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
      return raw.read(prompt, { echo: false });
    },
    close: async () => closeEditor(),
    history: () => [...remembered].reverse(),
  };

  function closeEditor(): void {
    const closing = editor;
    editor = null;
    // Who waits for a line at this point has been interrupted, and is not told that input has ended.
    waiter = null;
    closing?.close();
  }
}
