/** Runs a command for a test and gathers what it prints, within bounds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { patienceMs, waitFor } from './wait.ts';

/** Characters kept of each stream; more than any test prints on purpose. */
const outputLimit = 4_000_000;

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit status, or the name of the signal that ended the command. */
  readonly status: number | NodeJS.Signals;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Given to the command's standard input, which ends after it. Without it there is no input at all. */
  readonly input?: string;
}

/** A command that is still running. */
export class RunningCommand {
  readonly #child: ChildProcess;
  readonly #name: string;
  #stdout = '';
  #stderr = '';
  #result: CommandResult | undefined;
  #problem: Error | undefined;

  constructor(file: string, args: readonly string[], options: CommandOptions & { readonly keepInputOpen?: boolean }) {
    const wantsInput = options.input !== undefined || options.keepInputOpen === true;
    this.#name = [file, ...args].join(' ');
    this.#child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: [wantsInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout = (this.#stdout + text).slice(-outputLimit);
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-outputLimit);
    });
    this.#child.stdin?.on('error', () => {});
    this.#child.on('error', (error) => {
      this.#problem = error;
    });
    this.#child.on('close', (code, signal) => {
      this.#result = { stdout: this.#stdout, stderr: this.#stderr, status: code ?? signal ?? 'SIGKILL' };
    });
    if (options.input !== undefined) this.#child.stdin?.end(options.input);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Set once the command has ended and all its output has been read. */
  get result(): CommandResult | undefined {
    if (this.#problem !== undefined) throw this.#problem;
    return this.#result;
  }

  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The end of the command; it is killed when that does not come within `timeoutMs` milliseconds. */
  async ended(timeoutMs = patienceMs): Promise<CommandResult> {
    try {
      return await waitFor(`the end of ${this.#name}`, () => this.result, { timeoutMs, everyMs: 10 });
    } catch (error) {
      this.#child.kill('SIGKILL');
      if (!(error instanceof Error)) throw error;
      throw new Error(`${error.message}\nstdout: ${this.#stdout.slice(-2000)}\nstderr: ${this.#stderr.slice(-2000)}`);
    }
  }
}

export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return await new RunningCommand(file, args, options).ended();
}
