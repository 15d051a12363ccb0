/** Ends lives of the daemon: kills it, upgrades it, restarts it; and believes what must be true after that. */

import type { Sandbox } from '../helpers/sandbox.ts';
import { pause } from '../helpers/wait.ts';
import type { Asker } from './asker.ts';
import { allNames, type Beliefs } from './beliefs.ts';
import type { DaemonLife } from './daemon-life.ts';
import type { EditedFile } from './edited-file.ts';
import { type RunningProgram, runningPrograms } from './process-scan.ts';
import type { Interrupted, Step } from './script.ts';
import type { Victims } from './victims.ts';

/** Age of a program, in milliseconds, by which a keeper has its pipes. */
const keptAfterMs = 2000;

export interface LivesOptions {
  readonly sandbox: Sandbox;
  readonly life: DaemonLife;
  readonly asker: Asker;
  readonly beliefs: Beliefs;
  readonly file: EditedFile;
  readonly victims: Victims;
  /** Programs whose last words may be lost: they ended while no daemon lived, before anybody else had their pipes open. */
  readonly mayLackEnd: Set<number>;
  readonly onViolation: (text: string) => void;
}

export class Lives {
  readonly #options: LivesOptions;

  constructor(options: LivesOptions) {
    this.#options = options;
  }

  async kill(step: Extract<Step, { kind: 'killDaemon' }>): Promise<void> {
    const { life, sandbox, beliefs, victims, file } = this.#options;
    const running: RunningProgram[] = [];
    const kill = async (): Promise<void> => {
      running.push(...runningPrograms(sandbox.folder));
      await life.kill();
    };
    beliefs.ask(allNames);
    await this.#begin(step.during, step.afterMs);
    await kill();
    for (const victim of step.victims) victims.hit(victim, 'SIGKILL');
    await pause(step.downMs);
    // With a mistake in it no daemon would start.
    file.mend();
    for (const livesMs of step.shortLivesMs) {
      life.launch(true);
      await pause(livesMs);
      await kill();
    }
    life.launch(step.adopts);
    await life.waitUntilReady();
    this.#forgive(running);
    const outcome = step.adopts ? 'same' : 'up';
    beliefs.answer(allNames, () => (step.during === 'reload' ? 'unknown' : outcome));
  }

  async upgrade(): Promise<void> {
    const { life, beliefs, asker, file, onViolation } = this.#options;
    const former = await life.describe();
    beliefs.ask(allNames);
    const reply = await asker.call('messagepack', 'daemon.upgrade');
    if (reply.kind === 'result') await life.waitForOther(former);
    else if (reply.kind !== 'fault' || file.present.isValid)
      onViolation(`the upgrade failed: ${JSON.stringify(reply)}`);
    beliefs.answer(allNames, () => 'same');
  }

  /** Everything is stopped and started again, by a request or by SIGHUP; with a mistake in the file nothing happens. */
  async restart(how: 'reload' | 'hangUp'): Promise<void> {
    const { life, beliefs, asker, file, onViolation } = this.#options;
    const former = await life.describe();
    const { isValid } = file.present;
    beliefs.ask(allNames);
    if (how === 'hangUp') life.signal('SIGHUP');
    else if (((await asker.call('xml-rpc', 'supervisor.restart')).kind === 'result') !== isValid) {
      onViolation('a restart was refused, or accepted with an invalid configuration');
    }
    if (isValid) await life.waitForOther(former);
    beliefs.answer(allNames, () => (isValid ? 'up' : 'same'));
  }

  /** Begins something that the kill is to interrupt. */
  async #begin(what: Interrupted, afterMs: number): Promise<void> {
    if (what === 'nothing') return;
    const method = what === 'upgrade' ? 'daemon.upgrade' : 'supervisor.restart';
    await Promise.race([this.#options.asker.call('messagepack', method), pause(afterMs)]);
  }

  #forgive(running: readonly RunningProgram[]): void {
    const { sandbox, mayLackEnd } = this.#options;
    const present = new Set(runningPrograms(sandbox.folder).map(({ pid }) => pid));
    for (const { pid, ageMs } of running) if (ageMs < keptAfterMs && !present.has(pid)) mayLackEnd.add(pid);
  }
}
