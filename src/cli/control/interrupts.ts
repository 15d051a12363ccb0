/**
 * Ctrl-C as an event that the innermost waiter takes: a followed log, a program in the foreground, else the shell.
 * While nobody waits, the system's default stands and Ctrl-C ends the command.
 */

export interface Interrupts {
  /** Takes interrupts until the returned function is called; a later taker goes first. */
  take(listener: () => void): () => void;
  /** Interrupts the innermost taker. False when there is none. */
  raise(): boolean;
}

/**
 * `onListening` is told when the first taker comes and when the last one has gone, to attach to the signal only
 * meanwhile.
 */
export function createInterrupts(onListening: (listening: boolean) => void = () => undefined): Interrupts {
  const takers: (() => void)[] = [];
  return {
    take(listener) {
      if (takers.push(listener) === 1) onListening(true);
      return () => {
        const index = takers.lastIndexOf(listener);
        if (index === -1) return;
        takers.splice(index, 1);
        if (takers.length === 0) onListening(false);
      };
    },
    raise() {
      const taker = takers.at(-1);
      taker?.();
      return taker !== undefined;
    },
  };
}

/**
 * Runs until its own end or the next interrupt. An interrupt aborts the signal and resolves at once; how `run` ends
 * after that does not matter any more.
 */
export function untilInterrupted(
  interrupts: Interrupts,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<'finished' | 'interrupted'> {
  const abort = new AbortController();
  return new Promise((resolve, reject) => {
    const release = interrupts.take(() => {
      release();
      abort.abort();
      resolve('interrupted');
    });
    run(abort.signal)
      .then(() => resolve('finished'), reject)
      .finally(release);
  });
}
