/**
 * The `pidproxy` command: runs a program that puts itself into the background, and passes the signals it receives on to
 * the process that the program names in its pid file. So Supervisor can look after programs that have no foreground.
 */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { argv, env, exit, kill, stderr, stdout } from 'node:process';
import { launcherVariables } from '../os/launcher.ts';
import { restoreFileLimit } from '../os/limits.ts';

const passedSignals = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const;
const endingSignals: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT']);

/** Supervisor's looks for the end of its program no more often than this; it decides which states a quick end leads to. */
const lookEveryMs = 5000;

function main([pidfile, command, ...args]: readonly string[]): void {
  if (pidfile === undefined || command === undefined) {
    stdout.write(usage(argv[1] ?? 'pidproxy'));
    exit(1);
  }
  for (const name of passedSignals) process.on(name, () => pass(name, pidfile));
  run(command, args);
}

/** The program stays in our process group, so that a signal to the group reaches it as well. */
function run(command: string, args: readonly string[]): void {
  restoreFileLimit(env);
  for (const name of launcherVariables(env)) delete env[name];
  const startedMs = performance.now();
  const finish = (): void => {
    setTimeout(() => exit(0), lookEveryMs - ((performance.now() - startedMs) % lookEveryMs));
  };
  // No search in PATH, as Supervisor.
  const file = resolve(command);
  const giveUp = (error: unknown): void => {
    stderr.write(`pidproxy: can't run ${file}: ${error instanceof Error ? error.message : String(error)}\n`);
    finish();
  };
  // Depending on the reason Node throws at once or emits later.
  try {
    spawn(file, args, { argv0: command, stdio: 'inherit' }).on('exit', finish).on('error', giveUp);
  } catch (error) {
    giveUp(error);
  }
}

function pass(name: NodeJS.Signals, pidfile: string): void {
  const pid = readPid(pidfile);
  if (pid === null) {
    stdout.write(`Can't read child pidfile ${pidfile}!\n`);
    return;
  }
  try {
    kill(pid, name);
  } catch (error) {
    stderr.write(`pidproxy: can't send ${name} to ${pid}: ${error instanceof Error ? error.message : String(error)}\n`);
    exit(1);
  }
  if (endingSignals.has(name)) exit(0);
}

/** Read for each signal: the program may have started anew. Below zero it means a process group. */
function readPid(path: string): number | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[+-]?\d+$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}

function usage(name: string): string {
  return `pidproxy -- run command and proxy signals to it via its pidfile.

This executable runs a command and then monitors a pidfile.  When this
executable receives a signal, it sends the same signal to the pid
in the pidfile.

Usage: ${name} <pidfile name> <command> [<cmdarg1> ...]

`;
}

main(argv.slice(2));
