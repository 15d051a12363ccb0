/** What an actor waits for in its state, in words. */

import { formatDuration } from '../model/duration.ts';
import type { RunningTimer, TracedActor } from '../model/trace.ts';

export interface Waiting {
  readonly actor: TracedActor;
  readonly state: string;
  readonly context: unknown;
  readonly timers: readonly RunningTimer[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** By actor and state; `%t` = the time left, `%p` = the pid. */
const words: ReadonlyMap<string, string> = new Map([
  ['process alive.STARTING.spawning', 'the spawn'],
  ['process alive.STARTING.proving', 'startsecs, %t left'],
  ['process alive.STARTING.lingering', 'the end of what pid %p has left'],
  ['process alive.RUNNING', 'the end of pid %p'],
  ['process alive.STOPPING.signalled', 'the end of pid %p, SIGKILL in %t'],
  ['process alive.STOPPING.killing', 'the end of pid %p, SIGKILL again in %t'],
  ['process alive.UNKNOWN', 'the end of pid %p, which cannot be signalled'],
  ['process BACKOFF', 'the next try in %t'],
  ['process EXITED', 'the decision to restart it in %t'],
  ['group delivering', 'its listeners, %t at most'],
  ['group draining', 'its processes to stop'],
  ['supervisor stopping.waiting', 'groups to stop'],
  ['listener ACKNOWLEDGED', 'READY'],
  ['listener READY.waiting', 'its process to run'],
  ['listener READY.available', 'an event'],
  ['listener BUSY', 'a result'],
  ['listener UNKNOWN.lingering', 'its restart in %t'],
  ['listener UNKNOWN.restarting', 'the end of its process'],
  ['pool open.serving', 'events'],
  ['pool open.draining', 'its listeners'],
]);

export function waitsFor({ actor, state, context, timers, now }: Waiting): string {
  const text = words.get(`${actor} ${state}`) ?? '';
  const [timer] = timers;
  if (text.includes('%t') && timer === undefined) return state === 'EXITED' ? '' : text.replace(/,? *(in )?%t.*$/, '');
  const left = timer === undefined ? '' : formatDuration(timer.endsAt - now);
  return text.replace('%t', left).replace('%p', pidIn(context));
}

const pidIn = (context: unknown): string =>
  typeof context === 'object' && context !== null && 'pid' in context ? String(context.pid) : '';
