/**
 * One episode of chaos: a daemon in a folder of its own, steps by chance for some seconds, then calm, and a look at whether
 * everything is as it must be. Several looks are taken on the way; the last one is after the daemon has ended.
 */

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createRandom } from '../fuzz/random.ts';
import { sendSignal } from '../helpers/process-table.ts';
import { Sandbox } from '../helpers/sandbox.ts';
import { pause } from '../helpers/wait.ts';
import { type Info, processInfos } from './answers.ts';
import { DaemonLife } from './daemon-life.ts';
import {
  checkDescriptors,
  checkLogs,
  checkMemory,
  checkRuntimeDirectory,
  checkTruth,
  checkWords,
  countDescriptors,
  type DescriptorCount,
  wakeUps,
} from './invariants.ts';
import { allowedStates, settledIn } from './model.ts';
import { Performer } from './performer.ts';
import { runningPrograms, twiceRunning } from './process-scan.ts';
import { chaosPrograms, configuredPrograms, mainConfiguration, nameOf } from './programs.ts';
import { script } from './script.ts';

export interface EpisodeReport {
  readonly seed: number;
  readonly steps: number;
  readonly looks: number;
  readonly linesLogged: number;
  /** Empty when all is well. */
  readonly violations: readonly string[];
  /** What was done last, and what the daemon said, for people. */
  readonly story: string;
}

/** Milliseconds of chaos between two looks. */
const chaosMs = 15_000;
/** Milliseconds after which everything must have come to rest: a program that failed often waits long for its next start. */
const restWithinMs = 90_000;
const idleMs = 1000;
const wakeUpsPerSecond = 10;
/** The runtime tidies up its memory now and then, which is no timer that was left. */
const idleAttempts = 10;
const mostUnderWay = 10;
const scanEveryMs = 250;
const rememberedSteps = 2000;

/** Runs one episode. It never throws for what the daemon does; what it does wrong is in the report. */
export async function runEpisode(seed: number, seconds: number): Promise<EpisodeReport> {
  const sandbox = new Sandbox({ files: { 'supervisord.conf': mainConfiguration } });
  const episode = new Episode(seed, sandbox);
  try {
    return await episode.run(seconds);
  } finally {
    await sandbox.killAll();
    sandbox.abandon();
  }
}

class Episode {
  readonly #seed: number;
  readonly #sandbox: Sandbox;
  readonly #life: DaemonLife;
  readonly #performer: Performer;
  readonly #violations: string[] = [];
  readonly #mayLackEnd = new Set<number>();
  readonly #steps: string[] = [];
  readonly #start = performance.now();
  #stepCount = 0;
  #looks = 0;
  #first: DescriptorCount = { own: 0, byTarget: new Map() };

  constructor(seed: number, sandbox: Sandbox) {
    this.#seed = seed;
    this.#sandbox = sandbox;
    for (const folder of ['logs', 'counts']) mkdirSync(sandbox.path(folder));
    this.#life = new DaemonLife(sandbox);
    this.#performer = new Performer({
      sandbox,
      life: this.#life,
      mayLackEnd: this.#mayLackEnd,
      onViolation: (text) => this.#violate(text),
    });
  }

  async run(seconds: number): Promise<EpisodeReport> {
    const scan = setInterval(() => this.#scan(), scanEveryMs);
    try {
      this.#life.launch(true);
      await this.#life.waitUntilReady();
      this.#first = countDescriptors(this.#life.pid);
      await this.#lookAround();
      const steps = script(createRandom(this.#seed));
      for (let left = seconds * 1000; left > 0 && this.#isFine(); left -= chaosMs) {
        await this.#makeChaos(steps, Math.min(left, chaosMs));
        await this.#lookAround();
      }
      if (this.#isFine()) await this.#checkIdleness();
      if (this.#isFine()) await this.#end();
    } catch (error) {
      this.#violate(error instanceof Error ? (error.stack ?? error.message) : String(error));
    } finally {
      clearInterval(scan);
      this.#performer.close();
    }
    return {
      seed: this.#seed,
      steps: this.#stepCount,
      looks: this.#looks,
      linesLogged: this.#sandbox.has('counts') ? countLines(this.#sandbox) : 0,
      violations: this.#violations,
      story: this.#story(),
    };
  }

  #isFine(): boolean {
    return this.#violations.length === 0;
  }

  #violate(text: string): void {
    this.#violations.push(`${this.#seconds()} ${text}`);
  }

  #seconds(): string {
    return `${((performance.now() - this.#start) / 1000).toFixed(2)} s:`;
  }

  #scan(): void {
    for (const text of twiceRunning(runningPrograms(this.#sandbox.folder), this.#sandbox.folder)) this.#violate(text);
  }

  async #makeChaos(steps: ReturnType<typeof script>, forMs: number): Promise<void> {
    const end = performance.now() + forMs;
    while (performance.now() < end && this.#isFine()) {
      const { afterMs, step } = steps.next().value;
      await pause(afterMs);
      while (this.#performer.underWay >= mostUnderWay && performance.now() < end) await pause(5);
      this.#stepCount += 1;
      this.#steps.push(`${this.#seconds()} ${JSON.stringify(step)}`);
      if (this.#steps.length > rememberedSteps) this.#steps.shift();
      this.#performer.begin(step);
    }
  }

  /** Lets everything come to rest, and looks at all that must be true then. */
  async #lookAround(): Promise<void> {
    await this.#performer.calmDown();
    if (!this.#isFine()) return;
    await this.#performer.requests.update();
    const infos = await this.#rest();
    await this.#eventually(() => checkTruth(infos, this.#sandbox.folder));
    await this.#eventually(() => checkDescriptors(this.#life.pid, infos, this.#first, this.#sandbox));
    await this.#eventually(() => checkRuntimeDirectory(infos, this.#sandbox));
    this.#note(checkMemory(this.#life.pid));
    this.#note(checkWords(this.#performer.requests.daemonLog() + this.#life.printed()));
    await this.#compareLogs();
    for (const { name, state } of infos) this.#performer.beliefs.set(name, settledIn(state));
    this.#looks += 1;
  }

  /** Waits until every process is in a state that it may be in, and returns the states. */
  async #rest(): Promise<readonly Info[]> {
    const deadline = performance.now() + restWithinMs;
    for (;;) {
      const infos = processInfos(await this.#performer.asker.ask('supervisor.getAllProcessInfo'));
      const findings = this.#unexpected(infos);
      if (findings.length === 0) return infos;
      if (performance.now() > deadline || !this.#isFine()) {
        this.#note(findings);
        return infos;
      }
      await pause(100);
    }
  }

  #unexpected(infos: readonly Info[]): readonly string[] {
    const states = new Map(infos.map(({ name, state }) => [name, state]));
    const wanted = configuredPrograms(this.#performer.file.present);
    const missing = wanted
      .filter((program) => !states.has(nameOf(program)))
      .map((program) => `${nameOf(program)} is missing`);
    const strange =
      infos.length > wanted.length ? [`${infos.length} processes, but ${wanted.length} are configured`] : [];
    const wrong = chaosPrograms.flatMap((program) => {
      const state = states.get(nameOf(program));
      const belief = this.#performer.beliefs.of(nameOf(program));
      const allowed = allowedStates(belief, program.restarts);
      if (state === undefined || allowed.includes(state)) return [];
      return [`${nameOf(program)} is ${state}, expected ${allowed.join(' or ')} (wanted ${belief.wanted})`];
    });
    return [...missing, ...strange, ...wrong];
  }

  /** Something may still be on its way: only what stays wrong is wrong. */
  async #eventually(check: () => readonly string[]): Promise<void> {
    const deadline = performance.now() + restWithinMs / 3;
    for (;;) {
      const findings = check();
      if (findings.length === 0) return;
      if (performance.now() > deadline) {
        this.#note(findings);
        return;
      }
      await pause(200);
    }
  }

  #note(findings: readonly string[]): void {
    for (const finding of findings) this.#violate(finding);
  }

  /** Programs hold their breath while their logs are compared with what they have written. */
  async #compareLogs(): Promise<void> {
    const pids = runningPrograms(this.#sandbox.folder).map(({ pid }) => pid);
    for (const pid of pids) sendSignal(pid, 'SIGSTOP');
    try {
      await this.#eventually(() => checkLogs({ sandbox: this.#sandbox, mayLackEnd: this.#mayLackEnd }));
    } finally {
      for (const pid of pids) sendSignal(pid, 'SIGCONT');
    }
  }

  /** With nothing to look after, a daemon wakes up for the ticks of its listener only: no timer is left. */
  async #checkIdleness(): Promise<void> {
    await this.#performer.asker.ask('supervisor.stopAllProcesses');
    await this.#eventually(() => checkTruth([], this.#sandbox.folder));
    const limit = (idleMs / 1000) * wakeUpsPerSecond;
    for (let attempt = 1; ; attempt += 1) {
      const before = wakeUps(this.#life.pid);
      await pause(idleMs);
      const count = wakeUps(this.#life.pid) - before;
      if (count <= limit) return;
      if (attempt === idleAttempts) {
        this.#violate(`the daemon woke up ${count} times in ${idleMs} ms, with nothing to do`);
        return;
      }
    }
  }

  /** The daemon is ended in order: nothing of it may be left. */
  async #end(): Promise<void> {
    const status = await this.#life.end();
    if (status !== 0) this.#violate(`the daemon ended with ${status}`);
    await this.#eventually(() => this.#sandbox.processes().map(({ pid, command }) => `${pid} is left: ${command}`));
    this.#note(checkLogs({ sandbox: this.#sandbox, mayLackEnd: this.#mayLackEnd }));
    for (const name of ['run', 'supervisor.sock', 'supervisord.pid']) {
      if (existsSync(this.#sandbox.path(name))) this.#violate(`${name} is left behind`);
    }
    for (const name of readdirSync(this.#sandbox.path('tmp')))
      this.#violate(`the temporary file ${name} is left behind`);
    this.#note(checkWords(this.#performer.requests.daemonLog() + this.#life.printed()));
  }

  #story(): string {
    return [
      '--- what was done last',
      ...this.#steps,
      '--- log of the daemon',
      this.#performer.requests.daemonLog().slice(-1_000_000),
      '--- what it printed',
      this.#life.printed().slice(-3000),
    ].join('\n');
  }
}

function countLines(sandbox: Sandbox): number {
  return readdirSync(sandbox.path('counts')).reduce((sum, name) => sum + sandbox.read(`counts/${name}`).length, 0);
}
