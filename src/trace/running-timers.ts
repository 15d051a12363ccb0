/** The timers that run, by the actor that waits for them: the only place that looks at how the library keeps them. */

import type { AnyActorRef } from 'xstate';
import type { RunningTimer } from '../model/trace.ts';
import { eventName } from './event-facts.ts';

const named = /^after /;

/** One look at all of them; the function tells those of one actor. */
export function readTimers(root: AnyActorRef): (ref: AnyActorRef) => readonly RunningTimer[] {
  const timers = new Map<AnyActorRef, RunningTimer[]>();
  for (const { source, event, delay, ...scheduled } of Object.values(root.system.getSnapshot()._scheduledEvents)) {
    const startedAt = 'startedAt' in scheduled ? Number(scheduled.startedAt) : 0;
    const name = (eventName(event.type) ?? '').replace(named, '');
    const own = timers.get(source) ?? [];
    own.push({ name, endsAt: startedAt + delay, lengthMs: delay });
    timers.set(source, own);
  }
  return (ref) => timers.get(ref) ?? [];
}
