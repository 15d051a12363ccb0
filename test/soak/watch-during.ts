/** Looks at something again and again while work is done to it. Whatever fails first is what went wrong. */

import { pause } from '../helpers/wait.ts';

/** Milliseconds from the end of one look to the beginning of the next. */
const lookEveryMs = 20;

/**
 * Looks at least once, and until the work is done. Throws what the work threw or a look, whichever was first: what fails
 * afterwards, because everything is being given up, would only hide it.
 */
export async function watchDuring(work: Promise<void>, look: () => Promise<void>): Promise<void> {
  let isOver = false;
  const watch = async (): Promise<void> => {
    while (!isOver) {
      await look();
      await pause(lookEveryMs);
    }
  };
  const finished = work.finally(() => {
    isOver = true;
  });
  await Promise.all([finished, watch()]);
}
