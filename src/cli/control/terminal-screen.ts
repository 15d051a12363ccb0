/**
 * The whole terminal as a picture that is drawn again and again, with keys as they are typed. Whatever ends the command,
 * what was on the screen before comes back.
 */

import { writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';

export interface Screen {
  /** Takes the screen. `onKeys` hears what was typed, in the terminal's own words. */
  open(listeners: { readonly onKeys: (typed: string) => void; readonly onResize: () => void }): OpenScreen;
}

export interface OpenScreen {
  readonly columns: number;
  readonly rows: number;
  /** Lines from the top, none longer than the screen is wide. */
  draw(lines: readonly string[]): void;
  /** Gives the screen to the shell until the command is continued. */
  suspend(): void;
  /** Gives the screen back. */
  close(): void;
}

/** What of `process` is used. */
export interface ScreenProcess {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly pid: number;
  on(event: 'exit' | NodeJS.Signals, listener: () => void): unknown;
  off(event: 'exit' | NodeJS.Signals, listener: () => void): unknown;
  kill(pid: number, signal: NodeJS.Signals): unknown;
}

const escapeCharacter = String.fromCharCode(27);
/** As every terminal of the last decades understands them. */
const codes = {
  enter: `${escapeCharacter}[?1049h${escapeCharacter}[?25l`,
  leave: `${escapeCharacter}[?25h${escapeCharacter}[?1049l`,
  home: `${escapeCharacter}[H`,
  clearLine: `${escapeCharacter}[K`,
  clearBelow: `${escapeCharacter}[J`,
} as const;

const standardOutput = 1;

const endingSignals = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Sizes where the terminal does not tell one, as on some serial lines. */
const usualSize = { columns: 80, rows: 24 } as const;

/** @param writeNow writes to the terminal before it returns: it may be the last moment of the process. */
export function createScreen(
  host: ScreenProcess,
  writeNow: (text: string) => void = (text) => writeSync(standardOutput, text),
): Screen {
  const { stdin, stdout } = host;
  return {
    open: ({ onKeys, onResize }) => {
      let isOpen = false;
      const enter = (): void => {
        if (isOpen) return;
        isOpen = true;
        stdin.setRawMode(true);
        stdin.resume();
        stdout.write(codes.enter);
      };
      const leave = (): void => {
        if (!isOpen) return;
        isOpen = false;
        try {
          writeNow(codes.leave);
          stdin.setRawMode(false);
        } catch {
          // The terminal is gone.
        }
        stdin.pause();
      };
      const onData = (data: Buffer | string): void => onKeys(data.toString());
      const onContinue = (): void => {
        enter();
        onResize();
      };
      const enders = endingSignals.map((signal) => ({
        signal,
        end: () => {
          close();
          // Nobody else listens: the system's own way ends the command.
          host.kill(host.pid, signal);
        },
      }));

      enter();
      stdin.on('data', onData);
      stdout.on('resize', onResize);
      host.on('SIGCONT', onContinue);
      host.on('exit', leave);
      for (const { signal, end } of enders) host.on(signal, end);

      function close(): void {
        stdin.off('data', onData);
        stdout.off('resize', onResize);
        host.off('SIGCONT', onContinue);
        host.off('exit', leave);
        for (const { signal, end } of enders) host.off(signal, end);
        leave();
      }

      return {
        get columns() {
          return stdout.columns || usualSize.columns;
        },
        get rows() {
          return stdout.rows || usualSize.rows;
        },
        draw: (lines) => {
          if (isOpen)
            stdout.write(codes.home + lines.join(`${codes.clearLine}\r\n`) + codes.clearLine + codes.clearBelow);
        },
        suspend: () => {
          leave();
          host.kill(host.pid, 'SIGTSTP');
        },
        close,
      };
    },
  };
}
