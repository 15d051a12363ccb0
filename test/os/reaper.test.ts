import { afterEach, expect, test } from 'vitest';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import { posixSpawn } from '../../src/os/native.ts';
import { createReaper, type Reaper } from '../../src/os/reaper.ts';
import { processEntry } from '../helpers/process-table.ts';
import { waitFor } from '../helpers/wait.ts';

const opened: Reaper[] = [];
afterEach(() => {
  for (const reaper of opened.splice(0)) reaper.close();
});

/** A reaper of a version that has just replaced another one, and the orphans that it hears of. */
function heldReaper(): { readonly reaper: Reaper; readonly orphans: readonly number[] } {
  const orphans: number[] = [];
  const reaper = createReaper({ onOrphan: (pid) => orphans.push(pid), onSignal: () => {}, isHeld: true });
  opened.push(reaper);
  return { reaper, orphans };
}

const startChild = (script: string): number =>
  posixSpawn({ file: '/bin/sh', argv: ['sh', '-c', script], environment: [], directory: '/', stdio: [0, 1, 2] });

const hasEnded = (pid: number): boolean => processEntry(pid)?.state === 'Z';

test('while the rest is held back, the end of a child that is expected is reported', async () => {
  const { reaper } = heldReaper();
  const ends: ExitStatus[] = [];
  reaper.expect(startChild('read line < /dev/null; exit 3'), (status) => ends.push(status));
  await waitFor('the report', () => ends.length > 0);
  expect(ends).toEqual([{ kind: 'exited', code: 3 }]);
});

test('a child that ended before it was expected is reported, and the others wait until everything is collected', async () => {
  const { reaper, orphans } = heldReaper();
  const [expected, unknown] = [startChild('exit 4'), startChild('exit 5')];
  await waitFor('both to end', () => hasEnded(expected) && hasEnded(unknown));
  const ends: ExitStatus[] = [];
  reaper.expect(expected, (status) => ends.push(status));
  await waitFor('the report', () => ends.length > 0);
  expect(ends).toEqual([{ kind: 'exited', code: 4 }]);
  expect(hasEnded(unknown)).toBe(true);
  reaper.collect();
  expect(orphans).toEqual([unknown]);
});
