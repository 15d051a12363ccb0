/**
 * Which timers belong to which actor. The library that runs the machines keeps the timers of all actors in one list, and
 * looks through all of it whenever an actor stops: with a thousand programs waiting for something, each end of one took
 * longer than everything else that is done for it. The only place that looks at how the library does so.
 */

import type { AnyActorRef } from 'xstate';
import { takesFastPath } from '../os/fast-paths.ts';

type Scheduler = AnyActorRef['system']['scheduler'];

/** Lets an actor that stops look at its own timers only. The timers themselves stay where and what they are. */
export function rememberOwnTimers(root: Pick<AnyActorRef, 'system'>): void {
  if (!takesFastPath('timers')) return;
  const { scheduler }: { readonly scheduler: Partial<Scheduler> } = root.system;
  const { schedule, cancel, cancelAll } = scheduler;
  // A later version of the library may do it otherwise.
  if (schedule === undefined || cancel === undefined || cancelAll === undefined) return;
  /** By their names. One that has run out stays until it is cancelled on leaving its state, which follows from that. */
  const timersOf = new WeakMap<object, Set<string>>();
  let isComplete = true;

  scheduler.schedule = (source, target, event, delay, id) => {
    // Timers without a name get one from the library, which nobody hears of.
    if (id === undefined) isComplete = false;
    else {
      const timers = timersOf.get(source);
      if (timers === undefined) timersOf.set(source, new Set([id]));
      else timers.add(id);
    }
    schedule(source, target, event, delay, id);
  };
  scheduler.cancel = (source, id) => {
    timersOf.get(source)?.delete(id);
    cancel(source, id);
  };
  scheduler.cancelAll = (actor) => {
    const timers = timersOf.get(actor);
    timersOf.delete(actor);
    if (!isComplete) cancelAll(actor);
    else if (timers !== undefined) for (const id of timers) cancel(actor, id);
  };
}
