/** How a command says that it has done what each start does, so that what was compiled for it is worth keeping. */

const place = Symbol.for('statevisor.keepCode');

/** For what has loaded the command's code: it is a bundle of its own, so only the process is common to both. */
export function onKeepCode(keep: () => void): void {
  Reflect.set(globalThis, place, keep);
}

/** Milliseconds in which a daemon has done what each start does, and not yet forgotten how. */
const startMs = 1000;

/** The same for one that stays, when it has nothing else to do. */
export function keepCodeLater(): void {
  setTimeout(keepCode, startMs).unref();
}

/** Keeps what was compiled so far for the next start, unless it is kept already. Costs a few milliseconds if not. */
export function keepCode(): void {
  const keep: unknown = Reflect.get(globalThis, place);
  if (typeof keep === 'function') keep();
}
