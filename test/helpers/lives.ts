/** A daemon that is killed and started again in the same place, as often as a test wants, and what is seen of it meanwhile. */
import { closeSync, readdirSync } from 'node:fs';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import { bytesWaiting, openFifoToRead, pipeCapacity } from '../../src/os/fifo.ts';
import type { RunningCommand } from './command.ts';
import { type Daemon, type DaemonOptions, startDaemon } from './daemon.ts';
import { isAlive, type ProcessEntry, sendSignal } from './process-table.ts';
import { type Commands, Sandbox, type SandboxFiles } from './sandbox.ts';
import { waitFor } from './wait.ts';

export interface ProcessInfo {
  readonly statename: string;
  readonly pid: number;
  /** Epoch seconds. */
  readonly start: number;
  readonly stop: number;
  readonly exitstatus: number;
  readonly spawnerr: string;
  readonly description: string;
  readonly stdout_logfile: string;
}

export class Lives {
  readonly sandbox: Sandbox;
  #daemon: Daemon | null = null;

  constructor(files: SandboxFiles, commands?: Commands) {
    this.sandbox = new Sandbox({ files, ...(commands === undefined ? {} : { commands }) });
  }

  /** The place, and a first life of its daemon. */
  static async begin(
    files: SandboxFiles,
    { commands, ...options }: DaemonOptions & { readonly commands?: Commands } = {},
  ): Promise<Lives> {
    const lives = new Lives(files, commands);
    await lives.start(options);
    return lives;
  }

  /** The daemon of the present life. */
  get daemon(): Daemon {
    if (this.#daemon === null) throw new Error('no daemon was started yet');
    return this.#daemon;
  }

  async start(options: DaemonOptions = {}): Promise<Daemon> {
    this.#daemon = await startDaemon({ ...options, sandbox: this.sandbox });
    return this.#daemon;
  }

  /** Kills the daemon alone; resolves when it is dead to its last thread, and its programs have another parent. */
  async kill(): Promise<void> {
    const { daemon } = this;
    daemon.signal('SIGKILL');
    await waitFor('the death of the daemon', () => !daemon.isAlive() && daemon.children().length === 0, { everyMs: 5 });
  }

  /** Kills the daemon and starts the next one. */
  async next(options: DaemonOptions = {}): Promise<Daemon> {
    await this.kill();
    return await this.start(options);
  }

  /** Starts the command and waits for nothing. */
  launch(...args: readonly string[]): RunningCommand {
    return this.sandbox.startSupervisord('-n', '-c', this.sandbox.configuration, ...args);
  }

  /** Asks the daemon on a connection of its own. */
  async call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const client = this.client();
    try {
      return await client.call(method, ...params);
    } finally {
      client.close();
    }
  }

  client() {
    return connectMsgpack({ path: this.sandbox.path('supervisor.sock'), username: null, password: null });
  }

  async info(name: string): Promise<ProcessInfo> {
    return (await this.call('supervisor.getProcessInfo', name)) as ProcessInfo;
  }

  async waitForState(name: string, state: string): Promise<ProcessInfo> {
    let last: ProcessInfo | undefined;
    try {
      return await waitFor(`${name} to be ${state}`, async () => {
        last = await this.info(name);
        return last.statename === state ? last : undefined;
      });
    } catch (error) {
      throw new Error(`${name} is not ${state} but ${JSON.stringify(last)}`, { cause: error });
    }
  }

  /** Living programs whose command line matches; not the shells they are about to become. */
  programs(pattern: RegExp): readonly ProcessEntry[] {
    const matching = this.sandbox.processes().filter(({ command }) => pattern.test(command));
    const pids = new Set(matching.map(({ pid }) => pid));
    return matching.filter(({ parent }) => !pids.has(parent));
  }

  /** Whether a program has filled its pipe, and waits for a daemon to read. */
  hasFullPipe(): boolean {
    const names = readdirSync(this.sandbox.path('run')).filter((name) => /\.(out|err)$/.test(name));
    return names.some((name) => {
      const fd = openFifoToRead(this.sandbox.path(`run/${name}`));
      const room = pipeCapacity(fd) - bytesWaiting(fd);
      closeSync(fd);
      return room < 4096;
    });
  }

  /** A log with all its backups, the oldest first. */
  wholeLog(name: string): string {
    const backups = readdirSync(this.sandbox.folder)
      .filter((entry) => entry.startsWith(`${name}.`))
      .map((entry) => Number(entry.slice(name.length + 1)))
      .sort((one, other) => other - one);
    return [...backups.map((number) => `${name}.${number}`), name].map((entry) => this.sandbox.read(entry)).join('');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#daemon?.[Symbol.asyncDispose]();
    } finally {
      await this.sandbox[Symbol.asyncDispose]();
    }
  }
}

/** What a `counts` program has written that ended in order: line after line, and which was the last. */
export function wholeCount(text: string): string {
  const last = Number(/\nlast (\d+)\n$/.exec(text)?.[1]);
  return `${Array.from({ length: last }, (_, index) => `line ${index + 1}\n`).join('')}last ${last}\n`;
}

/** The end of a process that a test has a number of. */
export async function gone(pid: number): Promise<void> {
  await waitFor(`the end of process ${pid}`, () => !isAlive(pid), { everyMs: 20 });
}

export async function killed(pid: number): Promise<void> {
  sendSignal(pid, 'SIGKILL');
  await gone(pid);
}
