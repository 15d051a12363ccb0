/**
 * What must hold through every fault: the daemon answers, a program beside the fault is untouched, nothing grows, and the
 * log says what happened, once.
 */
import { expect } from 'vitest';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import type { ProcessInfo } from '../../src/model/process-info.ts';
import type { Daemon } from '../helpers/daemon.ts';
import { openDescriptors, processStatus } from '../helpers/process-table.ts';
import { waitFor } from '../helpers/wait.ts';

/** A program that writes to its log whatever it is sent. */
export const echo = (name: string, more = ''): string => `[program:${name}]
command=cat
startsecs=0
stopsignal=KILL
redirect_stderr=true
stdout_logfile=%(here)s/${name}.log
${more}
`;

/** The section of the program that a witness watches. */
export const bystander = echo('bystander');

/** How much a daemon may grow through a fault; garbage that is not collected yet is a good part of it. */
const growthMegabytes = 128;

export class Witness {
  readonly daemon: Daemon;
  readonly #pid: number;
  readonly #descriptors: number;
  readonly #megabytes: number;
  readonly #messages: number;
  #words = 0;

  constructor(daemon: Daemon, pid: number) {
    this.daemon = daemon;
    this.#pid = pid;
    this.#descriptors = passingDescriptors(daemon).length;
    this.#megabytes = residentMegabytes(daemon);
    this.#messages = daemon.messages().length;
  }

  /** Calls a method of the daemon over a connection of its own. */
  async call(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const path = this.daemon.sandbox.path('supervisor.sock');
    const client = connectMsgpack({ path, username: null, password: null });
    try {
      return await client.call(`supervisor.${method}`, ...params);
    } finally {
      client.close();
    }
  }

  async info(name: string): Promise<ProcessInfo> {
    return (await this.call('getProcessInfo', name)) as ProcessInfo;
  }

  /** Waits until a process is in the state `statename`. */
  async waitForState(name: string, statename: string): Promise<ProcessInfo> {
    return await waitFor(`${name} to be ${statename}`, async () => {
      const info = await this.info(name);
      return info.statename === statename ? info : undefined;
    });
  }

  /** Has a program of `echo` write a line to its log. */
  async tell(name: string, line: string): Promise<void> {
    await this.call('sendProcessStdin', name, `${line}\n`);
  }

  /** The daemon answers, and the program beside the fault runs as before, is given input and has its output logged. */
  async expectService(): Promise<void> {
    this.#words += 1;
    const word = `still here ${this.#words}`;
    await this.tell('bystander', word);
    await this.daemon.waitForFile('bystander.log', word);
    expect(await this.info('bystander')).toMatchObject({ statename: 'RUNNING', pid: this.#pid, spawnerr: '' });
  }

  /** The same, and nothing is held any more that was not held before. `descriptors`: more of them than before. */
  async expectNothingLeft({ descriptors = 0 }: { readonly descriptors?: number } = {}): Promise<void> {
    await this.expectService();
    const most = this.#descriptors + descriptors;
    try {
      await waitFor('descriptors to be closed', () => passingDescriptors(this.daemon).length <= most);
    } catch (error) {
      const open = passingDescriptors(this.daemon).join('\n');
      throw new Error(`more than ${most} descriptors are open:\n${open}`, { cause: error });
    }
    this.expectBoundedMemory();
  }

  expectBoundedMemory(megabytes = growthMegabytes): void {
    expect(residentMegabytes(this.daemon), 'megabytes').toBeLessThan(this.#megabytes + megabytes);
  }

  /** What the log says about the fault: everything at level warn and above since the witness came. */
  troubles(): readonly string[] {
    return this.daemon
      .messages()
      .slice(this.#messages)
      .filter((message) => /^(WARN|ERRO|CRIT) /.test(message));
  }

  /** Waits until the log has as many messages of trouble as there are `patterns`, and compares them in order. */
  async expectTroubles(...patterns: readonly RegExp[]): Promise<void> {
    await waitFor(`${patterns.length} messages`, () => this.troubles().length >= patterns.length);
    const troubles = this.troubles();
    expect(
      troubles.map((message, index) => (patterns[index]?.test(message) === true ? patterns[index] : message)),
    ).toEqual(patterns);
  }
}

/** Waits until the program `bystander` and those named run, and looks on from then. */
export async function witness(daemon: Daemon, ...names: readonly string[]): Promise<Witness> {
  for (const name of names) await daemon.waitForStatus(name, 'RUNNING');
  return new Witness(daemon, await daemon.pidOf('bystander'));
}

/** Open descriptors of the daemon. */
export const descriptorCount = (daemon: Daemon): number => Object.keys(openDescriptors(daemon.pid)).length;

/**
 * What they are open on, without the named pipes, which belong to a process also while it does not run, and without the logs
 * of programs, which are open from their first bytes on: each of them once.
 */
const passingDescriptors = (daemon: Daemon): readonly string[] =>
  Object.values(openDescriptors(daemon.pid))
    .filter((target) => !/\/run\/\d+\.(in|out|err)$/.test(target))
    .filter((target, index, all) => !isProgramLog(target) || all.indexOf(target) < index)
    .sort();

const isProgramLog = (target: string): boolean => /(?<!supervisord)\.log$/.test(target);

const residentMegabytes = (daemon: Daemon): number =>
  Number(processStatus(daemon.pid).VmRSS?.replace(/ kB$/, '')) / 1024;
