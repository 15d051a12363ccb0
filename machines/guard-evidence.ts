/**
 * The figures each condition of the machines is decided by, as text for people: what is shown beside a condition that held
 * or did not. They only read what the conditions read, and a test knows when one is missing.
 */

import { describeExit } from '../src/model/exit-status.ts';
import type { GroupContext } from './group.machine.ts';
import type { ListenerContext } from './listener.machine.ts';
import type { PoolContext } from './pool.machine.ts';
import type { ProcessContext } from './process-context.ts';
import type { Resumption } from './process-past.ts';
import type { SupervisorContext } from './supervisor.machine.ts';

type Evidence<Context, Params = never> = (context: Context, params: Params) => string;

const seconds = (milliseconds: number): string => `${Math.round(milliseconds) / 1000} s`;

const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');

const mayStart: Evidence<ProcessContext> = ({ quiescent }) => `daemon stops: ${yesOrNo(quiescent)}`;

const startWindow: Evidence<ProcessContext> = ({ spec, adopted }) =>
  adopted === null
    ? `startsecs ${spec.startMs / 1000}`
    : `startsecs ${spec.startMs / 1000}, ran ${seconds(adopted.ranMs)}`;

const stayedUp: Evidence<ProcessContext, { readonly ranMs: number }> = ({ spec }, { ranMs }) =>
  `ran ${seconds(ranMs)}, startsecs ${spec.startMs / 1000}`;

const past: Evidence<ProcessContext, Resumption> = (_, { past: { state, child } }) =>
  `was ${state}, ${child === null ? 'nothing lives' : `pid ${child.pid} lives`}`;

const isExhausted: Evidence<ProcessContext> = ({ failures, spec }) =>
  `failures ${failures}, startretries ${spec.startRetries}`;

const restart: Evidence<ProcessContext> = ({ spec, lastExit, restartDeclined, quiescent }) =>
  [
    `autorestart ${spec.autorestart}`,
    lastExit === null ? 'no exit' : describeExit(lastExit),
    `exitcodes ${spec.exitCodes.join(',')}`,
    ...(restartDeclined ? ['declined by a stop'] : []),
    ...(quiescent ? ['daemon stops'] : []),
  ].join(', ');

const restartAtOnce: Evidence<ProcessContext> = (context, none) =>
  `${restart(context, none)}, ran ${seconds(context.lastRanMs)}`;

const processEvidence = {
  mayStart,
  needsNoStartWindow: startWindow,
  stayedUp,
  isStillStarting: past,
  isStillStopping: past,
  isStillAlive: past,
  diedStarting: past,
  diedStopping: past,
  diedRunning: past,
  wasInBackoff: past,
  wasExited: past,
  wasFatal: past,
  isExhausted,
  shouldRestart: restart,
  shouldRestartAtOnce: restartAtOnce,
};

const groupEvidence = {
  hasListeners: ({ pool }: GroupContext) => `listeners: ${yesOrNo(pool !== null)}`,
  isDrained: ({ undrained }: GroupContext) => `not stopped yet: ${undrained}`,
};

const knownGroup: Evidence<SupervisorContext, { readonly name: string }> = ({ groups }, { name }) =>
  `group ${name} ${groups.has(name) ? 'exists' : 'does not exist'}`;

const supervisorEvidence = {
  hasPast: ({ past: left }: SupervisorContext) => `groups an earlier daemon has left: ${left?.groups.size ?? 0}`,
  isKnown: knownGroup,
  isUnknown: knownGroup,
  endsDaemon: ({ exitWhen }: SupervisorContext) => `exit_when ${exitWhen}`,
  isEverythingDone: ({ exitWhen }: SupervisorContext) => `exit_when ${exitWhen}`,
  isLevelDrained: ({ awaited, reported }: SupervisorContext) => `groups awaited: ${awaited.size - reported}`,
  isEverythingDrained: ({ undrained }: SupervisorContext) => `groups left: ${undrained.length}`,
};

const fullness: Evidence<PoolContext> = ({ buffer, spec }) =>
  `buffered ${buffer.length}, buffer_size ${spec.pool.bufferSize}`;

const poolEvidence = {
  isEmpty: ({ buffer, given }: PoolContext) => `buffered ${buffer.length}, worked on ${given.size}`,
  isFull: fullness,
  isOverfull: fullness,
  canDeliver: ({ buffer, available }: PoolContext) => `buffered ${buffer.length}, listeners ready ${available.size}`,
};

const written = ({ written: { length } }: ListenerContext): string => `${length} bytes not understood yet`;

const reachable = ({ up, deaf }: ListenerContext): string =>
  `running: ${yesOrNo(up)}, reads its standard input: ${yesOrNo(!deaf)}`;

const formerly = ({ past: former }: ListenerContext): string => `was ${former?.state ?? 'not known'}`;

const listenerEvidence = {
  wasReady: formerly,
  wasBusy: formerly,
  saysReady: written,
  breaksHandshake: written,
  isReachable: reachable,
  isUnreachable: reachable,
  speaksUnasked: written,
  accepts: written,
  rejects: written,
  breaksResult: written,
  mayRestart: ({ spec }: ListenerContext) => `autorestart ${spec.autorestart}`,
};

const tables: ReadonlyMap<string, ReadonlyMap<string, unknown>> = new Map(
  Object.entries({
    process: processEvidence,
    group: groupEvidence,
    supervisor: supervisorEvidence,
    pool: poolEvidence,
    listener: listenerEvidence,
  }).map(([machine, table]) => [machine, new Map(Object.entries(table))]),
);

/** By the machine's id and the condition's name; null where there is none. Context and params are those of the condition. */
export function guardEvidence(machine: string, guard: string): ((context: unknown, params: unknown) => string) | null {
  const found = tables.get(machine)?.get(guard);
  return typeof found === 'function' ? (context, params) => String(found(context, params)) : null;
}
