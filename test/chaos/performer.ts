/**
 * Does to a real daemon what the script says: each step is begun in its turn, several are under way at once, and only those
 * that end a life of the daemon, or that no daemon could start with, wait for each other.
 */

import { existsSync, renameSync, rmSync } from 'node:fs';
import type { Sandbox } from '../helpers/sandbox.ts';
import { pause, waitFor } from '../helpers/wait.ts';
import { Asker, answerWithinMs } from './asker.ts';
import { Beliefs } from './beliefs.ts';
import { Bystanders } from './bystanders.ts';
import type { DaemonLife } from './daemon-life.ts';
import { EditedFile } from './edited-file.ts';
import { Lives } from './lives.ts';
import { runningPrograms } from './process-scan.ts';
import { Requests } from './requests.ts';
import type { Step } from './script.ts';
import { Victims } from './victims.ts';

/** Milliseconds in which every step must be over that has been begun. */
const stepsEndWithinMs = 2 * answerWithinMs;

export interface PerformerOptions {
  readonly sandbox: Sandbox;
  readonly life: DaemonLife;
  /** Hears of programs whose last words may be lost. */
  readonly mayLackEnd: Set<number>;
  /** Something is wrong that must never be. */
  readonly onViolation: (text: string) => void;
}

export class Performer {
  readonly beliefs = new Beliefs();
  readonly asker: Asker;
  readonly file: EditedFile;
  readonly requests: Requests;
  readonly #options: PerformerOptions;
  readonly #bystanders: Bystanders;
  readonly #victims: Victims;
  readonly #lives: Lives;
  readonly #underWay = new Map<Promise<void>, Step>();
  /** A step is under way that others must not come between. */
  #isLocked = false;

  constructor(options: PerformerOptions) {
    const { sandbox } = options;
    const { beliefs } = this;
    const socketPath = sandbox.path('supervisor.sock');
    this.#options = options;
    this.asker = new Asker(socketPath);
    this.file = new EditedFile(sandbox);
    this.#bystanders = new Bystanders(socketPath);
    this.#victims = new Victims(sandbox.folder, beliefs);
    const parts = { ...options, beliefs, asker: this.asker, file: this.file, victims: this.#victims };
    this.requests = new Requests(parts);
    this.#lives = new Lives(parts);
  }

  /** Steps that have been begun and are not over. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** Begins a step; returns at once. */
  begin(step: Step): void {
    const done = this.#perform(step)
      .catch((error: unknown) =>
        this.#options.onViolation(`${JSON.stringify(step)}: ${error instanceof Error ? error.stack : error}`),
      )
      .finally(() => this.#underWay.delete(done));
    this.#underWay.set(done, step);
  }

  /** Waits for all that is under way, ends what only stands around, and takes every fault back. */
  async calmDown(): Promise<void> {
    const deadline = performance.now() + stepsEndWithinMs;
    while (this.#underWay.size > 0 && performance.now() < deadline) {
      this.#bystanders.sendAway();
      await pause(20);
    }
    for (const step of this.#underWay.values()) this.#options.onViolation(`it never ends: ${JSON.stringify(step)}`);
    this.asker.renew();
    this.file.mend();
  }

  close(): void {
    this.asker.close();
  }

  async #perform(step: Step): Promise<void> {
    const { life } = this.#options;
    switch (step.kind) {
      case 'request':
        return await this.requests.make(step.request, step.protocol);
      case 'update':
        return await this.requests.update();
      case 'ctl':
        return await this.requests.ctl(step.command, step.target);
      case 'signalProgram':
        return this.#victims.hit(step.target, step.signal);
      case 'freezeProgram':
        return await this.#victims.freeze(step.target, step.forMs);
      case 'uselessClient':
        return await this.#bystanders.standAround(step.manner, step.forMs);
      case 'follow':
        return await this.#bystanders.follow(step.target, step.forMs);
      case 'edit':
        return await this.#alone(async () => this.file.edit(step));
      case 'killDaemon':
        return await this.#alone(() => this.#lives.kill(step));
      case 'upgrade':
        return await this.#alone(() => this.#lives.upgrade());
      case 'reload':
      case 'hangUp': {
        const { kind } = step;
        return await this.#alone(() => this.#lives.restart(kind));
      }
      case 'reopenLogs':
        // Before it listens to signals, this one would end a daemon.
        return await this.#alone(async () => life.signal('SIGUSR2'));
      case 'hideLogs':
        return await this.#alone(() => this.#hideLogs(step.forMs));
      case 'removeRuntimeDirectory':
        return await this.#alone(() => this.#removeRuntimeDirectory());
      default:
        return step satisfies never;
    }
  }

  /** Skips the step while another such one is under way. */
  async #alone(step: () => Promise<void>): Promise<void> {
    if (this.#isLocked) return;
    this.#isLocked = true;
    try {
      await step();
    } finally {
      this.#isLocked = false;
    }
  }

  async #hideLogs(forMs: number): Promise<void> {
    const { sandbox } = this.#options;
    renameSync(sandbox.path('logs'), sandbox.path('hidden-logs'));
    await pause(forMs);
    renameSync(sandbox.path('hidden-logs'), sandbox.path('logs'));
  }

  async #removeRuntimeDirectory(): Promise<void> {
    const { sandbox, mayLackEnd } = this.#options;
    // Nobody finds the pipes of a program that ends from now on, once the daemon has ended as well.
    for (const { pid } of runningPrograms(sandbox.folder)) mayLackEnd.add(pid);
    rmSync(sandbox.path('run'), { recursive: true, force: true });
    await waitFor('a new runtime directory', () => existsSync(sandbox.path('run/journal')));
  }
}
