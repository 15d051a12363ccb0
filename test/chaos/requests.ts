/** Makes the requests of the script, and believes what their answers say. */

import { faultCodes } from '../../src/model/errors.ts';
import type { Sandbox } from '../helpers/sandbox.ts';
import { codesByName, groupLists, processInfos } from './answers.ts';
import type { Asker, Reply } from './asker.ts';
import { allNames, type Beliefs, membersOf, outcomeOfCode, vagueNames } from './beliefs.ts';
import type { Outcome } from './model.ts';
import { programName } from './process-scan.ts';
import { nameOf } from './programs.ts';
import type { Protocol, Request } from './script.ts';

const bytesToRead = 2000;

export interface RequestsOptions {
  readonly sandbox: Sandbox;
  readonly asker: Asker;
  readonly beliefs: Beliefs;
  readonly onViolation: (text: string) => void;
}

export class Requests {
  readonly #options: RequestsOptions;
  #clearedLog = '';

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** All that the daemons have said in their log, whatever was cleared meanwhile. */
  daemonLog(): string {
    return this.#clearedLog + this.#options.sandbox.read('supervisord.log');
  }

  async make(request: Request, protocol: Protocol): Promise<void> {
    const { beliefs, asker, sandbox } = this.#options;
    const { kind, target } = request;
    const [group = ''] = target.split(':');
    const call = (method: string, ...params: readonly unknown[]): Promise<Reply> =>
      asker.call(protocol, `supervisor.${method}`, ...params);
    switch (kind) {
      case 'start':
        return await this.#move('up', target, () => call('startProcess', target));
      case 'stop':
        return await this.#move('down', target, () => call('stopProcess', target));
      case 'startGroup':
        return await this.#moveMany('up', membersOf(group).map(nameOf), () => call('startProcessGroup', group));
      case 'stopGroup':
        return await this.#moveMany('down', membersOf(group).map(nameOf), () => call('stopProcessGroup', group));
      case 'startAll':
        return await this.#moveMany('up', allNames, () => call('startAllProcesses'));
      case 'stopAll':
        return await this.#moveMany('down', allNames, () => call('stopAllProcesses'));
      case 'add':
      case 'remove': {
        const names = membersOf(group).map(nameOf);
        beliefs.ask(names);
        await call(kind === 'add' ? 'addProcessGroup' : 'removeProcessGroup', group);
        beliefs.answer(names, () => 'unknown');
        return;
      }
      case 'signal':
        return await this.#perhapsEnd(target, request.signal === 'KILL', () =>
          call('signalProcess', target, request.signal),
        );
      case 'order':
        return await this.#perhapsEnd(target, request.order.startsWith('leave'), () =>
          call('sendProcessStdin', target, `${request.order}\n`),
        );
      case 'clear':
        await call('clearProcessLogs', target);
        return;
      case 'tail':
        await call('tailProcessStdoutLog', target, 0, bytesToRead);
        return;
      case 'read':
        await call('readProcessStdoutLog', target, -bytesToRead, 0);
        return;
      case 'status':
        return this.#checkStatus(await call('getAllProcessInfo'));
      case 'reread':
        await call('reloadConfig');
        return;
      case 'clearDaemonLog':
        this.#clearedLog += sandbox.read('supervisord.log');
        await call('clearLog');
        return;
      default:
        return kind satisfies never;
    }
  }

  /** What the configuration file says now becomes what is run, as by `supervisorctl update`. */
  async update(): Promise<void> {
    const { asker, beliefs } = this.#options;
    const call = (method: string, ...params: readonly unknown[]): Promise<Reply> =>
      asker.call('messagepack', `supervisor.${method}`, ...params);
    beliefs.ask(vagueNames);
    const reply = await call('reloadConfig');
    const [added, changed, removed] = reply.kind === 'result' ? groupLists(reply.value) : [[], [], []];
    for (const group of [...removed, ...changed]) {
      await call('stopProcessGroup', group);
      await call('removeProcessGroup', group);
    }
    for (const group of [...changed, ...added]) await call('addProcessGroup', group);
    beliefs.answer(vagueNames, () => 'unknown');
  }

  /** With `supervisorctl`, which says in words what it came to: only a plain success is believed. */
  async ctl(command: 'start' | 'stop' | 'restart', target: string): Promise<void> {
    const { beliefs, sandbox, onViolation } = this.#options;
    beliefs.ask([target]);
    const { stdout, stderr, status } = await sandbox.ctl(command, target);
    const done = command === 'stop' ? 'stopped' : 'started';
    const direction: Outcome = command === 'stop' ? 'down' : 'up';
    beliefs.answer([target], () => (new RegExp(`: ${done}$`, 'm').test(stdout) ? direction : 'unknown'));
    if (/^\s+at .*\.js:\d+/m.test(stdout + stderr) || typeof status !== 'number')
      onViolation(`supervisorctl ${command} ${target} ended with ${status}: ${stdout}${stderr}`);
  }

  async #move(direction: 'up' | 'down', target: string, call: () => Promise<Reply>): Promise<void> {
    const { beliefs } = this.#options;
    beliefs.ask([target]);
    const reply = await call();
    beliefs.answer([target], (name): Outcome => {
      if (reply.kind === 'unsent') return 'same';
      if (reply.kind === 'lost') return 'unknown';
      return outcomeOfCode(direction, reply.kind === 'fault' ? reply.code : faultCodes.SUCCESS, beliefs.of(name));
    });
  }

  async #moveMany(direction: 'up' | 'down', names: readonly string[], call: () => Promise<Reply>): Promise<void> {
    const { beliefs } = this.#options;
    beliefs.ask(names);
    const reply = await call();
    const codes = reply.kind === 'result' ? codesByName(reply.value) : new Map<string, number>();
    beliefs.answer(names, (name): Outcome => {
      if (reply.kind === 'unsent') return 'same';
      const code = codes.get(name);
      if (code !== undefined) return outcomeOfCode(direction, code, beliefs.of(name));
      return beliefs.of(name).wanted === direction ? 'same' : 'unknown';
    });
  }

  /** The program may end of it, at any time between the request and a little after the answer. */
  async #perhapsEnd(target: string, ends: boolean, call: () => Promise<Reply>): Promise<void> {
    if (ends) this.#options.beliefs.hurt(target);
    await call();
    if (ends) this.#options.beliefs.hurt(target);
  }

  /** A process that is said to run must be that program, if it still is there. */
  #checkStatus(reply: Reply): void {
    const { sandbox, onViolation } = this.#options;
    for (const { name, pid } of reply.kind === 'result' ? processInfos(reply.value) : []) {
      const actual = pid === 0 ? null : programName(pid, sandbox.folder);
      if (actual !== null && actual !== name) onViolation(`${name} is said to run as ${pid}, which is ${actual}`);
    }
  }
}
