/**
 * One test's own place: a temporary folder with its configuration files, the two commands run in it, and the promise
 * that at its end no process and no file of it is left.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type CommandResult, RunningCommand, runCommand } from './command.ts';
import { markedProcesses, markVariable, type ProcessEntry, sendSignal } from './process-table.ts';
import { waitFor } from './wait.ts';

/** True when the tests run against the original Supervisor, to verify that they describe it. */
export const againstOriginal = process.env.STATEVISOR_TEST_ORIGINAL === '1';

const repository = resolve(import.meta.dirname, '../..');
const commandsFolder = process.env.STATEVISOR_TEST_COMMANDS ?? join(repository, 'dist');

/** Files of the daemon and its client. */
export interface Commands {
  readonly supervisord: string;
  readonly supervisorctl: string;
}

/** Supervisor's own, where Debian installs them. */
export const originalCommands: Commands = {
  supervisord: '/usr/bin/supervisord',
  supervisorctl: '/usr/bin/supervisorctl',
};

/** The commands under test. */
export const testedCommands: Commands = againstOriginal
  ? originalCommands
  : { supervisord: join(commandsFolder, 'supervisord.js'), supervisorctl: join(commandsFolder, 'supervisorctl.js') };

export const supervisordPath = testedCommands.supervisord;
export const supervisorctlPath = testedCommands.supervisorctl;

/** `command=` text that runs one of the tiny programs of test/fixtures. */
export function fixture(name: string, ...args: readonly (string | number)[]): string {
  return ['/bin/sh', join(repository, 'test/fixtures', `${name}.sh`), ...args].join(' ');
}

/** Absolute path of something in the repository. */
export function inRepository(path: string): string {
  return join(repository, path);
}

/**
 * Files by their name, or the text of the main configuration alone. The text is put behind sections that every test
 * needs, unless it begins with `;raw`: a later section of the same name adds to or overrides them.
 */
export type SandboxFiles = string | Readonly<Record<string, string>>;

const mainFile = 'supervisord.conf';
const preamble = `[unix_http_server]
file=%(here)s/supervisor.sock
[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
childlogdir=%(here)s/childlog
runtime_dir=%(here)s/run
minfds=256
minprocs=1
[supervisorctl]
serverurl=unix://%(here)s/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`;

/** Those that still exist: a test run that is broken off must not leave daemons behind either. */
const open = new Set<Sandbox>();
process.on('exit', () => {
  for (const sandbox of open) sandbox.abandon();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

export class Sandbox {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly commands: Commands;

  constructor(options: {
    readonly files: SandboxFiles;
    readonly env?: Readonly<Record<string, string>>;
    readonly commands?: Commands;
  }) {
    this.commands = options.commands ?? testedCommands;
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'statevisor-test-')));
    open.add(this);
    // Programs that run as another user must be able to enter.
    chmodSync(this.folder, 0o755);
    for (const name of ['childlog', 'tmp']) mkdirSync(this.path(name));
    this.env = {
      PATH: process.env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: this.folder,
      PWD: this.folder,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      TMPDIR: this.path('tmp'),
      [markVariable]: this.folder,
      ...options.env,
    };
    const files = typeof options.files === 'string' ? { [mainFile]: options.files } : options.files;
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  get configuration(): string {
    return this.path(mainFile);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  write(name: string, text: string): void {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, name === mainFile && !text.startsWith(';raw') ? preamble + text : text);
  }

  /** Text of a file; empty when it does not exist. */
  read(name: string): string {
    try {
      return readFileSync(this.path(name), 'utf8');
    } catch (error) {
      // It may also vanish while it is looked for: a log that is rotated has no file for a moment.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    }
  }

  async supervisord(...args: readonly string[]): Promise<CommandResult> {
    return await runCommand(this.commands.supervisord, args, { cwd: this.folder, env: this.env });
  }

  startSupervisord(...args: readonly string[]): RunningCommand {
    return new RunningCommand(this.commands.supervisord, args, { cwd: this.folder, env: this.env });
  }

  /** The daemon started by a line of shell that has the command and its arguments in `"$0" "$@"`. */
  startSupervisordByShell(line: string, ...args: readonly string[]): RunningCommand {
    return new RunningCommand('/bin/sh', ['-c', line, this.commands.supervisord, ...args], {
      cwd: this.folder,
      env: this.env,
    });
  }

  /** What `npm start` runs. */
  startDemo(path: string): RunningCommand {
    return new RunningCommand(process.execPath, [path], { cwd: this.folder, env: this.env });
  }

  /** A line of shell, run to its end. */
  async shell(line: string): Promise<CommandResult> {
    return await runCommand('/bin/sh', ['-c', line], { cwd: this.folder, env: this.env });
  }

  /** `supervisorctl` with the sandbox's configuration. */
  async ctl(...args: readonly string[]): Promise<CommandResult> {
    return await this.ctlWithInput(undefined, ...args);
  }

  async ctlWithInput(input: string | undefined, ...args: readonly string[]): Promise<CommandResult> {
    const options = { cwd: this.folder, env: this.env, ...(input === undefined ? {} : { input }) };
    return await runCommand(this.commands.supervisorctl, ['-c', this.configuration, ...args], options);
  }

  /** A `supervisorctl` that stays, with an open standard input. */
  startCtl(...args: readonly string[]): RunningCommand {
    const options = { cwd: this.folder, env: this.env, keepInputOpen: true };
    return new RunningCommand(this.commands.supervisorctl, ['-c', this.configuration, ...args], options);
  }

  /** A command in a terminal of its own; what is written to it is typed. */
  startTerminal(...words: readonly string[]): RunningCommand {
    const line = words.map((word) => `'${word}'`).join(' ');
    const env = { ...this.env, TERM: 'xterm', SHELL: '/bin/sh' };
    return new RunningCommand('script', ['-qec', line, '/dev/null'], { cwd: this.folder, env, keepInputOpen: true });
  }

  processes(): readonly ProcessEntry[] {
    return markedProcesses(this.folder);
  }

  /** Ends whatever still runs and removes the folder; fails when something still ran. */
  async [Symbol.asyncDispose](): Promise<void> {
    let left: readonly ProcessEntry[] = [];
    try {
      await waitFor('the end of all processes', () => this.processes().length === 0, { timeoutMs: 5_000 });
    } catch {
      left = this.processes();
      await this.killAll();
    }
    this.abandon();
    if (left.length > 0) {
      throw new Error(`left behind: ${left.map(({ pid, command }) => `${pid} ${command}`).join(', ')}`);
    }
  }

  /** Kills and removes at once what can be. */
  abandon(): void {
    open.delete(this);
    for (const { pid } of this.processes()) sendSignal(pid, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async killAll(): Promise<void> {
    await this.killExcept(0);
  }

  /** Kills every process of the sandbox but one; a test that leaves orphans on purpose ends with it. */
  async killExcept(spared: number): Promise<void> {
    await waitFor('the death of all processes', () => {
      const living = this.processes().filter(({ pid }) => pid !== spared);
      for (const { pid } of living) sendSignal(pid, 'SIGKILL');
      return living.length === 0;
    });
  }
}
