/**
 * Events as people read them in the trace: their names, and what they carried. Bytes are counted, never shown, and only
 * what is listed here is kept of an event.
 */

import { describeExit, type ExitStatus } from '../model/exit-status.ts';
import type { TraceRecord } from '../model/trace.ts';
import { noFacts } from './open-record.ts';

type Facts = TraceRecord['facts'];

/** null for what is only said within the library that runs the machines. */
export function eventName(type: string): string | null {
  if (!type.startsWith('xstate.')) return type;
  if (type.startsWith('xstate.after.')) return timerName(type);
  return type.startsWith('xstate.error.actor.') ? 'actor failed' : null;
}

const timerNames = new Map<string, string>();

/** Made once for each timer of a machine. */
function timerName(type: string): string {
  const known = timerNames.get(type);
  if (known !== undefined) return known;
  const name = `after ${type.split('.')[2] ?? ''}`;
  timerNames.set(type, name);
  return name;
}

const signal = ({ signal: { name } }: { signal: { name: string } }): string => name;

const settled = ({ spec, settlement }: Settled): Facts => ({
  process: `${spec.groupName}:${spec.name}`,
  settled: settlement.kind,
  ...(settlement.status === null ? {} : { status: describeExit(settlement.status) }),
});

interface Settled {
  readonly spec: { readonly groupName: string; readonly name: string };
  readonly settlement: { readonly kind: string; readonly status: ExitStatus | null };
}

interface Raised {
  readonly event: { readonly type: string; readonly serial: number };
}

const raised = ({ event: { type, serial } }: Raised): Facts => ({ type, serial });

const named = ({ name }: { name: string }): Facts => ({ name });

const ofGroup = ({ spec: { name } }: { spec: { name: string } }): Facts => ({ group: name });

/** By the type of the event, which has the fields that are read here. */
const readers: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['child.spawned', ({ pid }: { pid: number }): Facts => ({ pid })],
  ['child.adopted', ({ pid }: { pid: number }): Facts => ({ pid })],
  ['child.spawnFailed', ({ reason }: { reason: string }): Facts => ({ reason })],
  ['child.signalFailed', ({ reason }: { reason: string }): Facts => ({ reason })],
  [
    'child.exited',
    ({ status, ranMs }: { status: ExitStatus; ranMs: number }): Facts => ({
      status: describeExit(status),
      ranMs: Math.round(ranMs),
    }),
  ],
  [
    'child.signal',
    (order: { signal: { name: string }; purpose: string; toGroup: boolean }): Facts => ({
      signal: signal(order),
      purpose: order.purpose,
      toGroup: order.toGroup,
    }),
  ],
  ['process.signal', (order: { signal: { name: string } }): Facts => ({ signal: signal(order) })],
  ['process.write', ({ bytes }: { bytes: Uint8Array }): Facts => ({ length: bytes.length })],
  ['child.wrote', ({ bytes }: { bytes: Uint8Array }): Facts => ({ length: bytes.length })],
  [
    'process.resume',
    ({ past }: { past: { state: string; child: { pid: number } | null } }): Facts => ({
      state: past.state,
      ...(past.child === null ? {} : { pid: past.child.pid }),
    }),
  ],
  ['process.settled', settled],
  ['group.settled', settled],
  ['process.drained', named],
  ['group.drained', ({ name }: { name: string }): Facts => ({ group: name })],
  ['group.remove', ({ name }: { name: string }): Facts => ({ group: name })],
  ['group.add', ofGroup],
  ['pool.accept', raised],
  ['listener.deliver', raised],
  ['listener.returned', raised],
  ['listener.accepted', (event: Raised & { name: string }): Facts => ({ ...named(event), ...raised(event) })],
  ['listener.available', named],
  ['listener.unavailable', named],
]);

/** Of those that carry what programs have written, or are to read: they are not kept longer than others need them. */
const bulky: ReadonlySet<string> = new Set([
  'process.write',
  'child.write',
  'child.wrote',
  'pool.accept',
  'listener.deliver',
  'listener.accepted',
  'listener.returned',
]);

export const isBulky = (type: string): boolean => bulky.has(type);

function failure(event: object): Facts {
  const error = 'error' in event ? event.error : null;
  return {
    actor: 'actorId' in event ? String(event.actorId) : '',
    reason: error instanceof Error ? error.message : String(error),
  };
}

export function eventFacts(event: { readonly type: string }): Facts {
  const reader = readers.get(event.type);
  // Whoever makes events fail on purpose makes them fail here as well; the trace must never be the reason.
  try {
    if (typeof reader === 'function') return reader(event);
    return event.type.startsWith('xstate.error.actor.') ? failure(event) : noFacts;
  } catch {
    return noFacts;
  }
}
