/**
 * A real daemon for a black-box test: the command itself, in its own folder, with real programs. At its end it is shut
 * down, and a process that outlives it fails the test.
 */
import { connect } from 'node:net';
import type { CommandResult, RunningCommand } from './command.ts';
import { isAlive, type ProcessEntry, sendSignal } from './process-table.ts';
import { Sandbox, type SandboxFiles } from './sandbox.ts';
import { reportOnFailure } from './scenario.ts';
import { waitFor } from './wait.ts';

export interface DaemonOptions {
  /** The main configuration's text, or several files by name; see `SandboxFiles`. */
  readonly config?: SandboxFiles;
  /** Added to the command line. */
  readonly args?: readonly string[];
  /** A line of shell that starts the command: `umask 027; exec "$0" "$@"`. */
  readonly shell?: string;
  /** False lets the daemon detach itself as it does without `-n`. */
  readonly foreground?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Where the configuration puts these, relative to the sandbox, when not where the tests' own sections do. */
  readonly socket?: string;
  readonly pidFile?: string;
  readonly logFile?: string;
  /** A place that exists already instead of an own one; it is left to its owner to remove. */
  readonly sandbox?: Sandbox;
}

export interface StatusRow {
  readonly state: string;
  readonly description: string;
}

/** The process that keeps pipes open beyond the daemon; it ends with the daemon's orderly end like everything else. */
const isKeeper = ({ command }: ProcessEntry): boolean => command.startsWith('statevisor-keeper/');

export class Daemon {
  readonly sandbox: Sandbox;
  /** The daemon's process id. */
  readonly pid: number;
  /** The command as it was started; without `foreground` it has ended by now. */
  readonly command: RunningCommand;
  readonly #logFile: string;
  readonly #ownsSandbox: boolean;

  constructor(options: {
    readonly sandbox: Sandbox;
    readonly pid: number;
    readonly command: RunningCommand;
    readonly logFile: string;
    readonly ownsSandbox: boolean;
  }) {
    this.sandbox = options.sandbox;
    this.pid = options.pid;
    this.command = options.command;
    this.#logFile = options.logFile;
    this.#ownsSandbox = options.ownsSandbox;
  }

  async ctl(...args: readonly string[]): Promise<CommandResult> {
    return await this.sandbox.ctl(...args);
  }

  /** The rows of `supervisorctl status` by displayed name. */
  async status(...names: readonly string[]): Promise<Readonly<Record<string, StatusRow>>> {
    const { stdout } = await this.ctl('status', ...names);
    const rows = stdout.split('\n').flatMap((line) => {
      const match = /^(\S+) +([A-Z]+) *(.*)$/.exec(line);
      return match === null ? [] : [[match[1] ?? '', { state: match[2] ?? '', description: match[3] ?? '' }] as const];
    });
    return Object.fromEntries(rows);
  }

  async waitForStatus(name: string, state: string): Promise<StatusRow> {
    let last: StatusRow | undefined;
    try {
      return await waitFor(`${name} to be ${state}`, async () => {
        last = (await this.status(name))[name];
        return last?.state === state ? last : undefined;
      });
    } catch (error) {
      throw new Error(`${name} is not ${state} but ${JSON.stringify(last)}`, { cause: error });
    }
  }

  /** The process id of a running program as `supervisorctl pid` says. */
  async pidOf(name: string): Promise<number> {
    const { stdout, stderr } = await this.ctl('pid', name);
    if (!/^\d+\n$/.test(stdout)) throw new Error(`no pid of ${name}: ${stdout}${stderr}`);
    return Number(stdout);
  }

  log(): string {
    return this.sandbox.read(this.#logFile);
  }

  /**
   * The messages of the daemon's log as `LEVL message`, with process ids replaced by `N`. The lines about control actions
   * are left out, which Supervisor has not.
   */
  messages(): readonly string[] {
    return this.log()
      .split('\n')
      .filter((line) => line !== '' && !line.includes(' INFO control: '))
      .map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} /, ''))
      .map((line) => line.replace(/\bpid \d+/g, 'pid N').replace(/\(\d+\)/g, '(N)'));
  }

  /** The messages that speak of the process `name`. */
  messagesAbout(name: string): readonly string[] {
    const word = new RegExp(`(^|[ '])${name}($|[ ',])`);
    return this.messages().filter((message) => word.test(message));
  }

  async waitForLog(pattern: RegExp | string): Promise<void> {
    await waitFor(`${pattern} in the daemon's log`, () =>
      typeof pattern === 'string' ? this.log().includes(pattern) : pattern.test(this.log()),
    );
  }

  /** Waits until the log has `count` messages about `name` that begin with `message`. */
  async waitForMessage(name: string, message: string, count = 1): Promise<void> {
    await waitFor(
      `${count} × "${message}" about ${name} in the daemon's log`,
      () => this.messagesAbout(name).filter((line) => line.slice(5).startsWith(message)).length >= count,
    );
  }

  /** Waits until a file in the sandbox has some text, and returns the whole. */
  async waitForFile(name: string, pattern: RegExp | string): Promise<string> {
    return await waitFor(`${pattern} in ${name}`, () => {
      const text = this.sandbox.read(name);
      return (typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text)) ? text : undefined;
    });
  }

  /** Living processes that the daemon started, and their descendants. */
  programs(): readonly ProcessEntry[] {
    return this.sandbox
      .processes()
      .filter((entry) => entry.pid !== this.pid && entry.pid !== this.command.pid && !isKeeper(entry));
  }

  /** Direct children of the daemon that are programs. */
  children(): readonly ProcessEntry[] {
    return this.sandbox.processes().filter((entry) => entry.parent === this.pid && !isKeeper(entry));
  }

  isAlive(): boolean {
    return isAlive(this.pid);
  }

  signal(signal: NodeJS.Signals): void {
    sendSignal(this.pid, signal);
  }

  async waitForEnd(): Promise<void> {
    await waitFor('the end of the daemon', () => !this.isAlive());
  }

  /** What to show when a test fails: the end of the daemon's log and of what it printed. */
  report(): string {
    const { stdout, stderr } = this.command;
    return [
      `--- log of ${this.sandbox.folder}`,
      this.log().slice(-6000),
      `--- standard output\n${stdout.slice(-1000)}`,
      `--- standard error\n${stderr.slice(-2000)}`,
    ].join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (this.isAlive()) {
        this.signal('SIGTERM');
        await this.waitForEnd();
      }
    } finally {
      const report = this.report();
      reportOnFailure(() => report);
      if (this.isAlive()) await this.sandbox.killAll();
      if (this.#ownsSandbox) await this.sandbox[Symbol.asyncDispose]();
    }
  }
}

/** Starts the daemon and returns as soon as its socket accepts connections. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const sandbox =
    options.sandbox ??
    new Sandbox({ files: options.config ?? '', ...(options.env === undefined ? {} : { env: options.env }) });
  const ownsSandbox = options.sandbox === undefined;
  const foreground = options.foreground ?? true;
  const logFile = options.logFile ?? 'supervisord.log';
  const args = [...(foreground ? ['-n'] : []), '-c', sandbox.configuration, ...(options.args ?? [])];
  const command =
    options.shell === undefined
      ? sandbox.startSupervisord(...args)
      : sandbox.startSupervisordByShell(options.shell, ...args);
  try {
    await waitFor('the socket to answer', async () => {
      const { result } = command;
      if (result !== undefined && (foreground || result.status !== 0)) {
        throw new Error(`supervisord ended with ${result.status}\n${result.stdout}${result.stderr}`);
      }
      return (foreground || result !== undefined) && (await answers(sandbox.path(options.socket ?? 'supervisor.sock')));
    });
    const pid = await waitFor('the pid file', () => {
      const number = Number(sandbox.read(options.pidFile ?? 'supervisord.pid'));
      return number > 0 && isAlive(number) ? number : undefined;
    });
    return new Daemon({ sandbox, pid, command, logFile, ownsSandbox });
  } catch (error) {
    const report = `${command.stdout}${command.stderr}${sandbox.read(logFile)}`.slice(-4000);
    await sandbox.killAll();
    if (ownsSandbox) await sandbox[Symbol.asyncDispose]();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${report}`, { cause: error });
  }
}

/** Whether somebody accepts connections on the unix socket `path`. */
export async function answers(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
