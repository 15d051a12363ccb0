/**
 * `npm start`: runs the daemon in the foreground on the sample configuration, shows what is running and what to try,
 * and ends when it is told to. It leaves nothing behind, neither files nor processes, however it ends.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const folder = 'config-samples/demo';
const configuration = join(folder, 'supervisord.conf');
const runFolder = join(folder, 'run');
const socket = join(runFolder, 'supervisor.sock');
const supervisord = join(import.meta.dirname, 'supervisord.js');
const supervisorctl = join(import.meta.dirname, 'supervisorctl.js');

/** How long the programs may take to settle before the table is shown, in milliseconds. */
const settleMs = 8_000;
const lookEveryMs = 200;

const run = promisify(execFile);

async function main(): Promise<number> {
  if (!existsSync(configuration)) {
    process.stderr.write(`${configuration} is not here: run this from the repository's root\n`);
    return 1;
  }
  mkdirSync(runFolder, { recursive: true });
  if (await answers(socket)) {
    process.stderr.write(`The demo is running already. To end it: ${control('shutdown')}\n`);
    return 1;
  }
  const daemon = startDaemon();
  const ended = endOf(daemon);
  const end = endOnce(daemon);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) process.on(signal, () => end(signal));
  // A terminal that is closed would have the daemon start everything anew.
  process.on('SIGHUP', () => end('SIGTERM'));
  watchStarter(daemon, () => end('SIGTERM'));
  await showWhatRuns(daemon);
  const code = await ended;
  removeTraces();
  return code;
}

/**
 * The daemon gets a process group of its own, so that Ctrl-C reaches it once, by us, and not by the terminal as well;
 * and a parent-death signal, so that it ends in good order even when this process is killed.
 */
function startDaemon(): ChildProcess {
  const words = ['--pdeathsig', 'TERM', supervisord, '-n', '-c', configuration];
  return spawn('setpriv', words, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
}

/** Passes the first signal on. One is enough, and Ctrl-C under npm brings two: the terminal's and npm's. */
function endOnce(daemon: ChildProcess): (signal: NodeJS.Signals) => void {
  let isEnding = false;
  return (signal) => {
    if (!isEnding) daemon.kill(signal);
    isEnding = true;
  };
}

/** The daemon's exit status, 1 when it could not be started or was killed. */
function endOf(daemon: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    daemon.on('error', (error) => {
      process.stderr.write(`cannot start the daemon: ${error.message}\n`);
      resolve(1);
    });
    daemon.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Calls `end` when who started us is gone: npm may run us by a shell, which a kill of npm leaves alive. */
function watchStarter(daemon: ChildProcess, end: () => void): void {
  const byNpm = process.env.npm_lifecycle_event !== undefined;
  const starters = () => (byNpm ? [process.ppid, parentOf(process.ppid)] : [process.ppid]).join(' ');
  const atFirst = starters();
  const timer = setInterval(() => {
    if (starters() === atFirst) return;
    clearInterval(timer);
    end();
  }, lookEveryMs);
  daemon.on('close', () => clearInterval(timer));
}

async function showWhatRuns(daemon: ChildProcess): Promise<void> {
  const deadline = performance.now() + settleMs;
  let table = '';
  while (performance.now() < deadline && daemon.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    if (!(await answers(socket))) continue;
    table = await statusTable();
    if (table !== '' && !/ (STARTING|BACKOFF) /.test(table)) break;
  }
  if (daemon.exitCode !== null) return;
  process.stdout.write(`
${table}
The live page, with statecharts, logs and what happened before: http://${pageAddress()}/
Try in another terminal, from this folder:
  ${control('status')}
  ${control('tail -f jobs:moody')}
  ${control('restart jobs:*')}
  ${control('tail doomed stderr')}
  ${control('stop web')}
  ${control('start web')}
  curl ${webAddress()}
Edit ${configuration}, then:
  ${control('update')}
Ctrl-C here ends everything.

`);
}

/** What `supervisorctl status` prints; it fails by its exit status whenever a program is stopped or FATAL. */
async function statusTable(): Promise<string> {
  try {
    return (await run(supervisorctl, ['-c', configuration, 'status'])).stdout;
  } catch (error) {
    return (error as { readonly stdout?: string }).stdout ?? '';
  }
}

function control(words: string): string {
  return `dist/supervisorctl.js -c ${configuration} ${words.replace('*', "'*'")}`;
}

/** Where the web server of the sample listens, read from its command. */
function webAddress(): string {
  const port = /web-server\.mjs --port (\d+)/.exec(readFileSync(configuration, 'utf8'))?.[1] ?? '9180';
  return `http://127.0.0.1:${port}/`;
}

function pageAddress(): string {
  return /^\[inet_http_server\]\s+port=(\S+)/m.exec(readFileSync(configuration, 'utf8'))?.[1] ?? '127.0.0.1:9001';
}

function removeTraces(): void {
  for (const name of readdirSync(runFolder)) {
    if (name !== '.gitignore') rmSync(join(runFolder, name), { recursive: true, force: true });
  }
}

function parentOf(pid: number): string {
  try {
    return /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(path);
    connection.on('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.on('error', () => resolve(false));
  });
}

void main().then((status) => {
  process.exitCode = status;
});
