/**
 * Requests to the daemon that come while it still starts, or starts anew: kept for the one who can follow them. The kernel
 * drops signals to PID 1 that it has no handler for, others end the process, and Node forgets those it has just received
 * when a handler goes.
 */

const names = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR2'] as const;
type HeldSignal = (typeof names)[number];

const held: HeldSignal[] = [];
const hold = (name: NodeJS.Signals): void => {
  const known = names.find((one) => one === name);
  if (known !== undefined) held.push(known);
};

export function holdSignals(): void {
  for (const name of names) if (!process.listeners(name).includes(hold)) process.on(name, hold);
}

/** Holds nothing any more; whoever handles signals now hears of those that were held. */
export function repeatHeldSignals(): void {
  for (const name of names) process.off(name, hold);
  for (const name of held.splice(0)) process.emit(name, name);
}
