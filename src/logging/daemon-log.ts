/**
 * The daemon's own log: pino in front, Supervisor's lines or JSON behind, into a rotated file, onto standard output, or
 * both. Writing never fails and never waits: a reader that has stopped costs lines, which are counted and reported.
 */

import { pino } from 'pino';
import type { LogLevel } from '../model/program-spec.ts';
import { LineOutput } from './line-output.ts';
import { classicLine, levelTable } from './log-line.ts';
import { openLogTarget } from './log-target.ts';

/** More about a message, for the JSON format; the classic one has no room for it. */
export type LogFields = Readonly<Record<string, unknown>>;

type WriteMessage = (message: string, fields?: LogFields) => void;

export interface DaemonLog extends Readonly<Record<LogLevel, WriteMessage>> {
  /** null when there is no log file. */
  readonly path: string | null;
  level(): LogLevel;
  setLevel(level: LogLevel): void;
  /** Opens the file anew, as after a rotation by someone else. */
  reopen(): void;
  /** Removes the file and creates it anew. Throws the system's error. */
  clear(): void;
  /** The lines as they are written from now on, whole and encoded. Returns the function that ends the subscription. */
  onBytes(listener: (bytes: Uint8Array) => void): () => void;
  close(): void;
}

export interface DaemonLogOptions {
  /** null = no file. */
  readonly path: string | null;
  readonly maxBytes: number;
  readonly backups: number;
  readonly level: LogLevel;
  readonly format: 'classic' | 'json';
  /** Also write to standard output. */
  readonly stdout: boolean;
  /** Takes each line without its end as well. */
  readonly syslog?: ((line: Uint8Array) => void) | null;
}

/** Throws the system's error when the file cannot be opened. */
export function createDaemonLog(options: DaemonLogOptions): DaemonLog {
  const { path, maxBytes, backups, level, format, stdout, syslog } = options;
  const warn = (message: string): void => logger.warn(message);
  const openOutput = (outputPath: string, limits: { maxBytes: number; backups: number }): LineOutput =>
    new LineOutput(openLogTarget(outputPath, { ...limits, onProblem: warn }), warn);
  const file = path === null ? null : openOutput(path, { maxBytes, backups });
  const terminal = stdout ? openOutput('/dev/stdout', { maxBytes: 0, backups: 0 }) : null;
  const listeners = new Set<(bytes: Uint8Array) => void>();

  const destination = {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    lastMsg: undefined as string | undefined,
    lastTime: '0',
    write(json: string): void {
      const line = format === 'json' ? json : classicLine(this.lastLevel, Number(this.lastTime), this.lastMsg ?? '');
      const bytes = Buffer.from(line);
      file?.write(bytes);
      terminal?.write(bytes);
      for (const listener of [...listeners]) listener(bytes);
      if (syslog) for (const one of syslogLines(json, this)) syslog(Buffer.from(one));
    },
  };
  /** A system log has lines only: a message of several becomes several, each with time and level. */
  const syslogLines = (json: string, { lastLevel, lastTime, lastMsg }: LastMessage): readonly string[] => {
    if (format === 'json') return [json.trimEnd()];
    const parts = (lastMsg ?? '').replace(/\n+$/, '').split('\n');
    return parts.map((part) => classicLine(lastLevel, Number(lastTime), part).trimEnd());
  };
  const logger = pino(
    {
      level,
      customLevels: levelNumbers,
      useOnlyCustomLevels: true,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const writer =
    (at: LogLevel): WriteMessage =>
    (message, fields) =>
      fields === undefined ? logger[at](message) : logger[at](fields, message);

  return {
    path,
    critical: writer('critical'),
    error: writer('error'),
    warn: writer('warn'),
    info: writer('info'),
    debug: writer('debug'),
    trace: writer('trace'),
    blather: writer('blather'),
    level: () => logger.level as LogLevel,
    setLevel: (next) => {
      logger.level = next;
    },
    reopen: () => file?.target.reopen(),
    clear: () => file?.target.clear(),
    onBytes: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      file?.target.close();
      terminal?.target.close();
    },
  };
}

/** What pino leaves at its destination. */
interface LastMessage {
  readonly lastLevel: number;
  readonly lastMsg: string | undefined;
  readonly lastTime: string;
}

const levelNumbers = Object.fromEntries(
  Object.entries(levelTable).map(([name, { number }]) => [name, number]),
) as Record<LogLevel, number>;
