/** A daemon that has nothing to do does nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { pause, waitFor } from '../helpers/wait.ts';

/** How often the threads of a process have gone to sleep, which is how often they were woken. */
function sleepsOf(pid: number): number {
  const counts = readdirSync(`/proc/${pid}/task`).map((thread) => {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'latin1');
    return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

scenario(
  'a daemon whose programs do nothing is not woken by anything of its own',
  async () => {
    await using daemon = await startDaemon({
      config: `[program:many]\ncommand=${fixture('forever')}\nnumprocs=10\nprocess_name=%(process_num)d\nstartsecs=0`,
    });
    await daemon.waitForStatus('many:9', 'RUNNING');
    // Whatever V8 has to tidy up of the start comes to an end. A timer of ours would never leave so long a pause.
    const quiet = await waitFor(
      'three seconds without waking',
      async () => {
        const before = sleepsOf(daemon.pid);
        await pause(3000);
        return sleepsOf(daemon.pid) === before ? 'quiet' : null;
      },
      { timeoutMs: 60_000 },
    );
    expect(quiet).toBe('quiet');
  },
  { oursOnly: true },
);
