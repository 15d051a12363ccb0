/**
 * What the actions of supervisorctl work with: the server, the terminal, and the status the command will end with.
 * Everything is injected, so that tests drive actions without sockets or terminals.
 */

import type { LogChannel, SubscribeOptions } from '../../client/control-client.ts';
import type { Interrupts } from './interrupts.ts';
import type { Screen } from './terminal-screen.ts';

export interface ControlContext {
  /** In the shell, and with -i: confirmations and logins are asked for. */
  readonly interactive: boolean;
  readonly server: ServerAccess;
  readonly output: Output;
  readonly input: LineReader;
  /** The whole terminal, for what is more than lines; null without one. */
  readonly screen: Screen | null;
  readonly interrupts: Interrupts;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Exit status of a one-shot command: that of the last problem. Successes never reset it. */
  exitStatus: number;
  /** The shell ends after the current line. */
  leaving: boolean;
}

/** The supervisor the session speaks to. Connects at the first call. */
export interface ServerAccess {
  /** As messages may show it: without a password. */
  readonly serverUrl: string;
  readonly origin: AddressOrigin;
  /** Rejects with `Fault`, `ConnectionProblem`, or `ValueProblem` for an address of unknown kind. */
  call(method: string, ...params: readonly unknown[]): Promise<unknown>;
  /** As `ControlClient.followLog`. */
  followLog(options: FollowOptions): Promise<void>;
  /** As `ControlClient.subscribe`. */
  subscribe(options: SubscribeOptions): Promise<void>;
  /** Speaks to another server from now on. */
  open(serverUrl: string): void;
  /** Uses other credentials from now on. */
  login(username: string, password: string): void;
  /** Ends the connection; the next call makes a new one. */
  close(): void;
}

export interface FollowOptions {
  /** null = the daemon's own log. */
  readonly process: string | null;
  readonly channel: LogChannel;
  readonly onBytes: (bytes: Uint8Array) => void;
  /** So many pieces of output were dropped because they were read too slowly. */
  readonly onMissed: (count: number) => void;
  readonly signal: AbortSignal;
}

/** Where the address of the server was written, for hints. */
export interface AddressOrigin {
  readonly kind: 'option' | 'configuration' | 'default' | 'typed';
  /** Path of the configuration file that was read; null when none was found. */
  readonly configFile: string | null;
}

export interface Output {
  /** Standard output is a terminal, which may show colours. */
  readonly isTerminal: boolean;
  /** A line on standard output: what scripts read. */
  line(text: string): void;
  /** Many of them, in as few writes as the system takes. */
  lines(texts: readonly string[]): void;
  /** Standard output, as it is. */
  raw(data: string | Uint8Array): void;
  /** A line on standard error: help for people. */
  note(text: string): void;
}

export interface ReadOptions {
  /** Gives up waiting: the promise resolves to null. */
  readonly signal?: AbortSignal;
  /** Keeps the line in the history. */
  readonly remember?: boolean;
  /** Leaves the rest of the screen alone: the line is typed amid the output of a program. */
  readonly bare?: boolean;
}

export interface LineReader {
  /** Shows the prompt and waits for a line, without its newline; null at the end of input. */
  read(prompt: string, options?: ReadOptions): Promise<string | null>;
  /** The same, without showing what is typed. */
  readSecret(prompt: string): Promise<string | null>;
  /** Gives the terminal back; the next read takes it again. */
  close(): Promise<void>;
}
