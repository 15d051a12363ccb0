/**
 * The kernel drops signals to PID 1 that it has no handler for. So that a container can be stopped while the daemon is still
 * starting, requests to end are taken from the first moment and kept for the one who can follow them.
 */

const held: NodeJS.Signals[] = [];

export function holdExitSignals(): void {
  for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) process.on(name, () => held.push(name));
}

/** The first request to end that nobody has followed yet. */
export const takeHeldSignal = (): NodeJS.Signals | undefined => held.shift();
