/** Programs that are hit by signals from outside, behind the daemon's back. */

import { sendSignal } from '../helpers/process-table.ts';
import { pause } from '../helpers/wait.ts';
import type { Beliefs } from './beliefs.ts';
import { programName, runningPrograms } from './process-scan.ts';

export class Victims {
  readonly #folder: string;
  readonly #beliefs: Beliefs;
  readonly #frozen = new Set<number>();

  constructor(folder: string, beliefs: Beliefs) {
    this.#folder = folder;
    this.#beliefs = beliefs;
  }

  /** Nothing happens when it does not run. */
  hit(name: string, signal: 'SIGKILL' | 'SIGSEGV'): void {
    const pid = this.#pidOf(name);
    if (pid === undefined) return;
    sendSignal(pid, signal);
    this.#beliefs.hurt(name);
  }

  async freeze(name: string, forMs: number): Promise<void> {
    const pid = this.#pidOf(name);
    if (pid === undefined || this.#frozen.has(pid)) return;
    this.#frozen.add(pid);
    sendSignal(pid, 'SIGSTOP');
    await pause(forMs);
    this.#frozen.delete(pid);
    // The number may be another process's by now.
    if (programName(pid, this.#folder) !== null) sendSignal(pid, 'SIGCONT');
  }

  #pidOf(name: string): number | undefined {
    return runningPrograms(this.#folder).find((program) => program.name === name)?.pid;
  }
}
