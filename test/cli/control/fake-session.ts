/** A session of supervisorctl without sockets and terminals: scripted answers, typed lines, and what was printed. */

import type { ControlContext, LineReader } from '../../../src/cli/control/context.ts';
import { createInterrupts } from '../../../src/cli/control/interrupts.ts';
import { createServerAccess, type ServerAddress } from '../../../src/cli/control/server-access.ts';
import type { Screen } from '../../../src/cli/control/terminal-screen.ts';
import type { ControlClient } from '../../../src/client/control-client.ts';
import { Fault } from '../../../src/model/errors.ts';
import type { ProcessInfo } from '../../../src/model/process-info.ts';
import { type ProcessState, processStateCodes } from '../../../src/model/process-state.ts';

/** A value, an error to be refused with, or a function of the parameters that gives one of them. */
export type Answer = unknown;

export interface FakeSessionOptions {
  /** By method name without `supervisor.`; `getVersion` answers 3.0 unless told otherwise. */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** Refuses the connection itself. */
  readonly unreachable?: (address: ServerAddress) => Error | null;
  readonly follow?: ControlClient['followLog'];
  readonly subscribe?: ControlClient['subscribe'];
  readonly screen?: Screen;
  readonly interactive?: boolean;
  /** Standard output is a terminal. */
  readonly terminal?: boolean;
  /** Lines that will be typed; then input ends. */
  readonly typed?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly address?: Partial<ServerAddress>;
}

export interface FakeSession {
  readonly context: ControlContext;
  /** Standard output, whole. */
  stdout(): string;
  /** Standard error, whole. */
  stderr(): string;
  /** Calls as `method(param, …)` in JSON notation, without the version checks. */
  readonly calls: string[];
  readonly addresses: ServerAddress[];
  /** Connections that are open. */
  open(): number;
}

export function fakeSession(options: FakeSessionOptions = {}): FakeSession {
  let stdout = '';
  let stderr = '';
  let open = 0;
  const calls: string[] = [];
  const addresses: ServerAddress[] = [];
  const answers: Readonly<Record<string, Answer>> = { getVersion: '3.0', ...options.answers };
  const address = {
    serverUrl: 'unix:///run/s.sock',
    username: null,
    password: null,
    tlsCa: null,
    tlsCertificate: null,
    tlsKey: null,
    ...options.address,
  };

  const connect = async (to: ServerAddress): Promise<ControlClient> => {
    addresses.push(to);
    const problem = options.unreachable?.(to) ?? null;
    open += 1;
    return {
      serverUrl: to.serverUrl,
      call: async (method, ...params) => {
        if (problem) throw problem;
        const name = method.replace(/^supervisor\./, '');
        if (name !== 'getVersion') calls.push(`${name}(${params.map((param) => JSON.stringify(param)).join(', ')})`);
        const answer = answers[name];
        const result = typeof answer === 'function' ? answer(...params) : answer;
        if (result instanceof Error) throw result;
        if (result === undefined) throw new Error(`no answer for ${name} was scripted`);
        return result;
      },
      followLog: options.follow ?? (async () => undefined),
      subscribe: options.subscribe ?? (() => Promise.reject(Fault.of('UNKNOWN_METHOD'))),
      close: () => {
        open -= 1;
      },
    };
  };

  const typed = [...(options.typed ?? [])];
  const show = (text: string): void => {
    stdout += text;
  };
  const next = (prompt: string): string | null => {
    show(prompt);
    return typed.shift() ?? null;
  };
  const input: LineReader = {
    read: async (prompt) => next(prompt),
    readSecret: async (prompt) => next(prompt),
    close: async () => undefined,
  };

  return {
    context: {
      interactive: options.interactive ?? false,
      server: createServerAccess(address, { kind: 'configuration', configFile: '/etc/supervisord.conf' }, connect),
      output: {
        isTerminal: options.terminal ?? false,
        line: (text) => show(`${text}\n`),
        lines: (texts) => show(texts.map((text) => `${text}\n`).join('')),
        raw: (data) => show(typeof data === 'string' ? data : new TextDecoder().decode(data)),
        note: (text) => {
          stderr += `${text}\n`;
        },
      },
      input,
      screen: options.screen ?? null,
      interrupts: createInterrupts(),
      environment: options.environment ?? {},
      exitStatus: 0,
      leaving: false,
    },
    stdout: () => stdout,
    stderr: () => stderr,
    calls,
    addresses,
    open: () => open,
  };
}

/** A process as the server describes it: `web` or `group:web`, in a state. */
export function processInfo(fullName: string, statename: ProcessState, more: Partial<ProcessInfo> = {}): ProcessInfo {
  const [group = '', name = group] = fullName.split(':');
  return {
    name,
    group,
    start: 0,
    stop: 0,
    now: 0,
    state: processStateCodes[statename],
    statename,
    spawnerr: '',
    exitstatus: 0,
    logfile: '',
    stdout_logfile: '',
    stderr_logfile: '',
    pid: statename === 'RUNNING' ? 4711 : 0,
    description: statename === 'STOPPED' ? 'Not started' : '',
    ...more,
  };
}
