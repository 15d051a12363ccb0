/**
 * What is to be known about a supervisor in order to measure it. Adding one to the comparison is one file like those beside this
 * one, and a line in the list of them.
 */

import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { Workshop } from '../workshop.ts';

export interface Task {
  /** Empty, for whatever the supervisor wants to keep there. */
  readonly folder: string;
  readonly count: number;
  /** Of every program; `%d` in it is the program's number, from 0. */
  readonly command: readonly string[];
  /** The programs write a lot, and it is measured how that is kept. */
  readonly isWritten?: true;
}

/** How one supervisor does one task. All commands are paths or names with arguments. */
export interface Plan {
  /** Starts it in the foreground. */
  readonly command: readonly string[];
  /** Asks it to end. */
  readonly endSignal: NodeJS.Signals;
  readonly status?: readonly string[];
  readonly stopAll?: readonly string[];
  readonly startAll?: readonly string[];
  /** Where it answers requests, and in which of the two protocols. */
  readonly socket?: { readonly path: string; readonly protocols: readonly Protocol[]; name(index: number): string };
  /** The file that gets what a program writes. */
  logFile(index: number): string;
  /** A full file is put aside, in the same folder. */
  readonly logRotates?: true;
}

export type Protocol = 'xml' | 'packed';

export interface Rival {
  readonly name: string;
  /** Most programs it can have. */
  readonly most: number;
  /** It does not keep what programs write. */
  readonly keepsNoLogs?: true;
  /** It takes part only where it is named. */
  readonly onlyIfAsked?: true;
  /** Why it cannot be measured here. */
  missing(workshop: Workshop): string | undefined;
  plan(task: Task, workshop: Workshop): Plan;
}

/** The command with the number of one program in it. */
export const commandOf = ({ command }: Task, index: number): readonly string[] =>
  command.map((word) => word.replace('%d', String(index)));

/** For `missing`: names the commands that are in no folder of PATH. */
export function missingCommands(names: readonly string[]): string | undefined {
  const absent = names.filter((name) => commandPath(name) === undefined);
  return absent.length === 0 ? undefined : `${absent.join(', ')} not installed`;
}

/** Where a command is, as a shell would find it. */
export function commandPath(name: string): string | undefined {
  const places = (process.env.PATH ?? '').split(':').map((folder) => join(folder, name));
  return places.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
