/**
 * Going into the background. Node cannot fork, so the command starts itself again as the leader of a new session; the
 * first process stays until the second is in charge or has failed, and passes on what it says on standard error.
 */

import { closeSync, writeSync } from 'node:fs';
import { silence } from './descriptors.ts';

/** Set for the second process; removed again before anything else sees the environment. */
export const backgroundVariable = 'STATEVISOR_BACKGROUND';

const readyFd = 3;
const failedStatus = 1;

/**
 * Runs the command in the background, with this environment. Resolves to the exit status of the first process: 0 once the
 * second is in charge.
 */
export async function startInBackground(environment: Readonly<Record<string, string>>): Promise<number> {
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { ...environment, [backgroundVariable]: '1' },
  });
  child.stderr?.pipe(process.stderr);
  return await new Promise((resolve) => {
    child.stdio[readyFd]?.once('data', () => resolve(0));
    child.once('error', (error) => {
      process.stderr.write(`Error: cannot start in the background: ${error.message}\n`);
      resolve(failedStatus);
    });
    // After the standard error of the child has been read to its end.
    child.once('close', (code) => resolve(code ?? failedStatus));
  });
}

/** In the second process: lets go of the terminal of the first one, and releases that. */
export function reportReady(): void {
  // First, so that whoever sees the first one end finds the second one as it stays.
  silence(2);
  writeSync(readyFd, 'ready\n');
  closeSync(readyFd);
}
