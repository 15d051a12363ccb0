/** The log of one output channel of a program, as its configuration asks for, and how it looks in the daemon's log. */

import type { LogfileSpec, OutputSpec } from '../model/program-spec.ts';
import type { ReportProblem } from './log-sink.ts';
import { type LogTarget, openLogTarget } from './log-target.ts';
import { quoteBytes, quoteText } from './python-quoting.ts';

/** Where a channel is logged; null when it is not, or when its file with a generated name does not exist yet. */
export function logPath(logfile: LogfileSpec): string | null {
  return logfile.kind === 'none' ? null : logfile.path;
}

/**
 * Opens a channel's log, to be done for each spawn.
 *
 * @returns null when the channel is not logged to a file.
 * @throws The system's error when the file cannot be opened.
 */
export function openChildLog(spec: OutputSpec, onProblem: ReportProblem): LogTarget | null {
  const path = logPath(spec.logfile);
  return path === null ? null : openLogTarget(path, { maxBytes: spec.maxBytes, backups: spec.backups, onProblem });
}

/** The message with which output is copied to the daemon's log at level debug, as Supervisor's. */
export function outputMessage(process: string, channel: 'stdout' | 'stderr', bytes: Uint8Array): string {
  return `${quoteText(process)} ${channel} output:\n${readableText(bytes)}`;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readableText(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return `Undecodable: ${quoteBytes(bytes)}`;
  }
}
