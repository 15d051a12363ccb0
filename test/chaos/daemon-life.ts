/** The daemon of an episode: started, asked who it is, killed and started again, always in the same folder. */

import { ConnectionProblem } from '../../src/client/control-client.ts';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import type { RunningCommand } from '../helpers/command.ts';
import { isAlive, sendSignal } from '../helpers/process-table.ts';
import type { Sandbox } from '../helpers/sandbox.ts';
import { waitFor } from '../helpers/wait.ts';

/** Milliseconds that a daemon may take to answer, or to end, on a machine with much else to do. */
const patienceMs = 90_000;

/** What `daemon.describe` tells. */
export interface Description {
  readonly pid: number;
  /** Another text after each start, reload or upgrade. */
  readonly instance: string;
}

export class DaemonLife {
  readonly #sandbox: Sandbox;
  #command: RunningCommand | null = null;
  /** What all daemons of the episode have printed. */
  #printed = '';

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** 0 before the first start. */
  get pid(): number {
    return this.#command?.pid ?? 0;
  }

  get isAlive(): boolean {
    return this.pid > 0 && isAlive(this.pid);
  }

  /** Standard output and error of all daemons so far. */
  printed(): string {
    return `${this.#printed}${this.#command?.stdout ?? ''}${this.#command?.stderr ?? ''}`;
  }

  launch(adopts: boolean): void {
    this.#printed = this.printed().slice(-100_000);
    const choice = adopts ? [] : ['--no-adopt'];
    this.#command = this.#sandbox.startSupervisord('-n', '-c', this.#sandbox.configuration, ...choice);
  }

  async waitUntilReady(): Promise<void> {
    await waitFor(
      'the daemon to answer',
      async () => {
        const result = this.#command?.result;
        if (result !== undefined)
          throw new Error(`supervisord ended with ${result.status}: ${result.stdout}${result.stderr}`);
        return (await this.describe())?.pid === this.pid;
      },
      { timeoutMs: patienceMs, everyMs: 20 },
    );
  }

  /** null while nobody answers. */
  async describe(): Promise<Description | null> {
    const client = connectMsgpack({ path: this.#sandbox.path('supervisor.sock'), username: null, password: null });
    try {
      const answer = await client.call('daemon.describe');
      const fields = new Map(typeof answer === 'object' && answer !== null ? Object.entries(answer) : []);
      return { pid: Number(fields.get('pid')), instance: String(fields.get('instance')) };
    } catch (error) {
      if (error instanceof ConnectionProblem) return null;
      throw error;
    } finally {
      client.close();
    }
  }

  /** Waits until another life than that one answers, in the same process. */
  async waitForOther(former: Description | null): Promise<void> {
    await waitFor(
      'the next life of the daemon',
      async () => {
        const result = this.#command?.result;
        if (result !== undefined)
          throw new Error(`supervisord ended with ${result.status}: ${result.stdout}${result.stderr}`);
        const present = await this.describe();
        return present !== null && present.instance !== former?.instance;
      },
      { timeoutMs: patienceMs, everyMs: 20 },
    );
  }

  async kill(): Promise<void> {
    if (this.pid > 0) sendSignal(this.pid, 'SIGKILL');
    await this.#command?.ended(patienceMs);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.pid > 0) sendSignal(this.pid, signal);
  }

  /** Ends it in order, and returns its exit status. */
  async end(): Promise<number | NodeJS.Signals> {
    this.signal('SIGTERM');
    return (await this.#command?.ended(patienceMs))?.status ?? 0;
  }
}
