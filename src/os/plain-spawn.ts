/**
 * Starts a program by Node's own means: the plain path of `posixSpawn`, for whoever suspects that (`STATEVISOR_PLAIN=spawn`).
 * The program then leads a session of its own, not only a process group, for Node knows nothing between the two.
 */

import type { ChildProcess } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readSync } from 'node:fs';
import { constants as system } from 'node:os';
import type { ExitStatus } from '../model/exit-status.ts';
import { SystemError } from './libc.ts';
import type { NativeSpawnRequest } from './native.ts';

/**
 * Throws `SystemError` with what can be seen to keep it from being executed. Node waits for its children, too: either it
 * tells `onEnd` of the end, or whoever else waits for all children has been told.
 */
export function plainSpawn(request: NativeSpawnRequest, onEnd: (pid: number, status: ExitStatus) => void): number {
  const { file, directory } = request;
  const refusal = (directory === null ? null : refusalTo(`${directory}/.`)) ?? refusalTo(file) ?? formatRefusal(file);
  if (refusal !== null) throw new SystemError('spawn', refusal);
  const child = start(request);
  // Node tells its reason later, and not to whom it matters.
  child.on('error', () => {});
  const { pid } = child;
  if (pid === undefined) throw new SystemError('spawn', system.errno.EAGAIN);
  child.on('exit', (code, signal) => onEnd(pid, statusOf(code, signal)));
  child.unref();
  return pid;
}

function start({ file, argv, environment, directory, stdio }: NativeSpawnRequest): ChildProcess {
  const { spawn } = process.getBuiltinModule('node:child_process');
  return spawn(file, argv.slice(1), {
    argv0: argv[0] ?? file,
    detached: true,
    env: Object.fromEntries(
      environment.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    ),
    stdio: [...stdio],
    ...(directory === null ? {} : { cwd: directory }),
  });
}

/** Node does not know whether there is a core. */
const statusOf = (code: number | null, signal: NodeJS.Signals | null): ExitStatus =>
  signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal, coreDumped: false };

/** The errno of searching a directory, or executing a file; null when that is allowed. */
function refusalTo(path: string): number | null {
  try {
    accessSync(path, constants.X_OK);
    return null;
  } catch (error) {
    return error instanceof Error && 'errno' in error ? -Number(error.errno) : system.errno.EACCES;
  }
}

/** Node would hand a file that is neither a binary nor begins with `#!` to a shell. */
function formatRefusal(file: string): number | null {
  const start = firstBytes(file);
  return start === null || start.startsWith('#!') || start.startsWith('\x7fELF') ? null : system.errno.ENOEXEC;
}

/** null when it may be executed, but not be read. */
function firstBytes(file: string): string | null {
  try {
    const fd = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(4);
      return bytes.toString('latin1', 0, readSync(fd, bytes));
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
