/**
 * The end of what a program has left behind when it ended itself: the stop signal, patience, SIGKILL, until nothing is left.
 * Only while that lasts is anything looked at repeatedly.
 */

import type { SignalSpec } from '../model/program-spec.ts';
import type { EndableTree } from '../os/os.ts';

export interface TreeEndOptions {
  readonly tree: EndableTree;
  /** Of the process, for the log. */
  readonly name: string;
  readonly stopSignal: SignalSpec;
  /** From the stop signal to SIGKILL, in milliseconds. */
  readonly patienceMs: number;
  readonly log: { info(message: string): void; warn(message: string): void };
  /** Called once; before `endTree` returns when nothing was left. */
  readonly onGone: () => void;
}

export interface TreeEnd {
  /** Whether something was left to be ended. */
  readonly isLingering: boolean;
  /** SIGKILL now. */
  hurry(): void;
  cancel(): void;
}

const firstLookMs = 10;
const longestLookMs = 250;
/** SIGKILL is repeated no faster than this, in milliseconds. */
const killRepeatMs = 1000;

export function endTree({ tree, name, stopSignal, patienceMs, log, onGone }: TreeEndOptions): TreeEnd {
  let look: NodeJS.Timeout | undefined;
  let patience: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    clearTimeout(look);
    clearTimeout(patience);
  };
  const finish = (): void => {
    cancel();
    tree.close();
    onGone();
  };
  const kill = (): void => {
    clearTimeout(patience);
    const left = tree.living();
    if (left.length > 0) log.warn(`killing what '${name}' has left behind (${left.join(', ')}) with SIGKILL`);
    const refused = tree.kill();
    if (refused.length > 0 && tree.living().every((pid) => refused.includes(pid))) {
      log.warn(`cannot kill what '${name}' has left behind (${refused.join(', ')}), going on without it`);
      finish();
      return;
    }
    patience = setTimeout(kill, killRepeatMs);
  };
  const lookAgain = (afterMs: number): void => {
    look = setTimeout(() => {
      if (tree.living().length === 0) finish();
      else lookAgain(Math.min(longestLookMs, 2 * afterMs));
    }, afterMs);
  };

  const left = tree.living();
  if (left.length === 0) {
    finish();
    return { isLingering: false, hurry: () => {}, cancel };
  }
  log.info(`ending what '${name}' has left behind (${left.join(', ')}) with ${stopSignal.name}`);
  tree.signal(stopSignal.number);
  patience = setTimeout(kill, patienceMs);
  lookAgain(firstLookMs);
  return { isLingering: true, hurry: kill, cancel };
}
