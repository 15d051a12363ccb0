/** What the page hears from the daemon all the time: how the programs are, what happens, and why one is as it is. */

import type { Role } from '../../model/role.ts';
import type { Explanation, ProcessOverview, TraceRecord } from '../../model/trace.ts';
import type { Link } from './link.ts';
import type { Store } from './store.ts';

const intervalMs = 2000;

/** @param onRefused the daemon does not offer what the page needs */
export function followPrograms(link: Link, store: Store, onRefused: (reason: string) => void): void {
  link.subscribe({
    request: () => ['subscribe.overview', intervalMs],
    onBegin: (reply) => store.replaceProcesses((reply as { readonly processes: readonly ProcessOverview[] }).processes),
    onNotification: (_method, [change]) => {
      const { processes, removed } = change as {
        readonly processes: readonly ProcessOverview[];
        readonly removed: readonly string[];
      };
      store.changeProcesses(processes, removed);
    },
    onRefused: ({ message }) => onRefused(message),
  });
}

/** Reads what was recorded before, and goes on with what comes. A daemon that was started anew counts from 1 again. */
export function followTrace(link: Link, store: Store): void {
  link.subscribe({
    request: () => {
      store.forgetRecords();
      return ['subscribe.trace', '', 0];
    },
    // Where a trace is kept, the start of the daemon is its first record.
    onBegin: (reply) => store.set({ hasTrace: (reply as { readonly last: number }).last > 0 }),
    onNotification: (_method, [records]) => store.addRecords(records as readonly TraceRecord[]),
    onRefused: () => store.set({ hasTrace: false }),
  });
}

export async function readRole(link: Link, store: Store): Promise<void> {
  const hello = (await link.call('session.hello')) as { readonly role?: Role | null };
  store.set({ role: hello.role ?? null });
}

/** How often it is asked why a program has not ended yet. */
const stoppingMs = 2000;

/** Asks again whenever the program has changed. */
export function followWhy(link: Link, store: Store): void {
  let asked = '';
  const ask = async (): Promise<void> => {
    const { process } = store.route;
    const row = process === null ? undefined : store.processes.get(process);
    if (process === null || row === undefined || store.link.kind !== 'open') return;
    // Who is still alive in its group changes while its state does not.
    const moment = row.statename === 'STOPPING' ? Math.floor(store.now() / stoppingMs) : 0;
    const question = `${process} ${row.state} ${row.since} ${row.pid} ${moment}`;
    if (question === asked) return;
    asked = question;
    const why = (await link.call('trace.why', process)) as Explanation;
    if (asked === question) store.set({ why });
  };
  store.on(['processes', 'route', 'link'], () => {
    ask().catch(() => {
      asked = '';
    });
  });
}

/** The answers of a daemon carry its time, to the second. */
export async function readClock(store: Store): Promise<void> {
  const answer = await fetch('ok.html', { cache: 'no-store' });
  const lead = Date.parse(answer.headers.get('Date') ?? '') + 500 - Date.now();
  if (Math.abs(lead) > 2000) store.set({ clockLead: lead });
}
