/**
 * The listening sockets of FastCGI programs. All processes of a program share one: it is opened for the first that is
 * started and closed when the last has ended, so that single processes come and go while connections wait.
 */

import type { ProcessSpec } from '../model/program-spec.ts';
import type { Os } from '../os/os.ts';

export type SocketHold =
  | {
      readonly kind: 'held';
      readonly fd: number;
      /** To be called once, when the process has ended or was not started. */
      release(): void;
    }
  /** `reason` is the text clients see as `spawnerr`. */
  | { readonly kind: 'failed'; readonly reason: string };

interface OpenSocket {
  readonly fd: number;
  /** How many processes have it. */
  holders: number;
}

export class FcgiSockets {
  readonly #os: Pick<Os, 'openListeningSocket' | 'copyDescriptor' | 'closeDescriptor'>;
  readonly #log: { info(message: string): void };
  readonly #open = new Map<string, OpenSocket>();

  constructor(
    os: Pick<Os, 'openListeningSocket' | 'copyDescriptor' | 'closeDescriptor'>,
    log: { info(message: string): void },
  ) {
    this.#os = os;
    this.#log = log;
  }

  /** The socket of a process about to be started; null when its program has none. */
  hold(spec: ProcessSpec): SocketHold | null {
    if (spec.socket === undefined) return null;
    const { url } = spec.socket;
    const key = keyOf(spec, url);
    if (!this.#open.has(key)) {
      this.#log.info(`Creating socket ${url}`);
      const opened = this.#os.openListeningSocket(spec.socket);
      if ('error' in opened) {
        return { kind: 'failed', reason: `Could not create FastCGI socket ${url}: ${opened.error}` };
      }
      this.#open.set(key, { fd: opened.fd, holders: 0 });
    }
    return this.#holdOpen(key, url);
  }

  /**
   * The socket of a process that an earlier daemon has started: only its programs have it by now, as their standard
   * input. null when it has none, or will not show it; then the next start makes a new one.
   */
  holdOf(spec: ProcessSpec, pid: number): SocketHold | null {
    if (spec.socket === undefined) return null;
    const { url } = spec.socket;
    const key = keyOf(spec, url);
    if (!this.#open.has(key)) {
      const copied = this.#os.copyDescriptor(pid, standardInput);
      if ('error' in copied) return null;
      this.#open.set(key, { fd: copied.fd, holders: 0 });
    }
    return this.#holdOpen(key, url);
  }

  #holdOpen(key: string, url: string): SocketHold | null {
    const socket = this.#open.get(key);
    if (socket === undefined) return null;
    socket.holders += 1;
    return { kind: 'held', fd: socket.fd, release: () => this.#release(key, url) };
  }

  #release(key: string, url: string): void {
    const socket = this.#open.get(key);
    if (socket === undefined) return;
    socket.holders -= 1;
    if (socket.holders > 0) return;
    this.#open.delete(key);
    this.#log.info(`Closing socket ${url}`);
    this.#os.closeDescriptor(socket.fd);
  }
}

const standardInput = 0;

/** A program may be a member of several groups; another program with the same address is a mistake, and fails. */
const keyOf = (spec: ProcessSpec, url: string): string => `${spec.section} ${url}`;
