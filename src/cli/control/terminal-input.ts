/** The real standard input: lines from a stream, or from a terminal with editing, which is loaded only when it is used. */

import type { ProcessInfo } from '../../model/process-info.ts';
import type { LineReader, Output, ServerAccess } from './context.ts';
import type { Interrupts } from './interrupts.ts';
import { ask } from './server-call.ts';
import { createStreamReader } from './stream-reader.ts';
import type { TerminalReader } from './terminal-reader.ts';

export interface TerminalInputOptions {
  readonly output: Output;
  readonly interrupts: Interrupts;
  /** Where the shell's lines are kept; null = nowhere. */
  readonly historyFile: string | null;
  /** Asked for the names that Tab completes. */
  readonly server: ServerAccess;
}

/** Nothing is opened before the first read. */
export function createTerminalInput(options: TerminalInputOptions): LineReader {
  let reader: Promise<LineReader> | null = null;
  const opened = (): Promise<LineReader> => {
    reader ??=
      process.stdin.isTTY && process.stdout.isTTY
        ? openTerminal(options)
        : Promise.resolve(createStreamReader(() => process.stdin, options.output));
    return reader;
  };
  return {
    read: async (prompt, readOptions) => (await opened()).read(prompt, readOptions),
    readSecret: async (prompt) => (await opened()).readSecret(prompt),
    close: async () => (await reader)?.close(),
  };
}

async function openTerminal({ interrupts, historyFile, server }: TerminalInputOptions): Promise<LineReader> {
  const [{ createTerminalReader }, { completeLine }, { readHistory, writeHistory }] = await Promise.all([
    import('./terminal-reader.ts'),
    import('./completion.ts'),
    import('./history.ts'),
  ]);
  // Kept while one line is typed: Tab is pressed more than once.
  let known: Promise<readonly ProcessInfo[]> | null = null;
  const processInfos = (): Promise<readonly ProcessInfo[]> => {
    known ??= ask({ server }, 'getAllProcessInfo').finally(() => server.close());
    return known;
  };
  const reader: TerminalReader = createTerminalReader({
    stdin: process.stdin,
    stdout: process.stdout,
    onInterrupt: () => {
      if (interrupts.raise()) return;
      // Nobody waits for Ctrl-C: it ends the command, as it would have without an editor.
      void reader.close().then(() => process.kill(process.pid, 'SIGINT'));
    },
    complete: (line) => completeLine(line, processInfos),
    history: historyFile === null ? [] : readHistory(historyFile),
  });
  return {
    read: (prompt, options) => {
      known = null;
      return reader.read(prompt, options);
    },
    readSecret: reader.readSecret,
    close: async () => {
      await reader.close();
      if (historyFile !== null) writeHistory(historyFile, reader.history());
    },
  };
}
