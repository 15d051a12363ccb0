/**
 * The words of the process machine: its actions, conditions and timers, by the names that its table uses. None of them
 * does anything but change the context or say what is to be done.
 */

import { assign, enqueueActions, sendTo, setup } from 'xstate';
import type { Settlement } from '../src/model/exit-policy.ts';
import { type ExitStatus, exitNumber, isExpectedExit } from '../src/model/exit-status.ts';
import type { ProcessSpec, SignalSpec } from '../src/model/program-spec.ts';
import {
  backoffMs,
  restartPauseMs,
  retriesExhausted,
  spawnErrorTexts,
  wantsRestart,
} from '../src/model/restart-policy.ts';
import type { ChildCommand, OutputSource } from './events.ts';
import { notProvided } from './not-provided.ts';
import {
  type Change,
  changeOf,
  type ProcessChanged,
  type ProcessResumed,
  resumptionOf,
} from './process-announcements.ts';
import type {
  ChildInput,
  ExitReport,
  OutputInput,
  ProcessContext,
  ProcessEvent,
  ProcessInput,
} from './process-context.ts';
import { type Resumption, restored, unseen } from './process-past.ts';

const signalKill: SignalSpec = { name: 'SIGKILL', number: 9 };

/** SIGKILL is repeated no faster than this, so that `stopwaitsecs=0` does not keep the daemon busy. */
const minKillRepeatMs = 1000;

/** What is left of `startsecs`: a child of an earlier daemon has lived through a part of it. */
const startWindowMs = ({ spec, adopted }: ProcessContext): number => Math.max(0, spec.startMs - (adopted?.ranMs ?? 0));

const isRestartDue = ({ quiescent, restartDeclined, lastExit, spec }: ProcessContext): boolean =>
  !quiescent && !restartDeclined && lastExit !== null && wantsRestart(spec, lastExit);

/** How a process came to rest by itself, from its state's name; null when it may yet be started, or was stopped. */
export function settlementIn(state: unknown, context: ProcessContext): Settlement | null {
  if (state === 'FATAL') return { kind: 'fatal', status: context.lastEnd };
  if (state !== 'EXITED' || context.lastExit === null || context.restartDeclined || isRestartDue(context)) return null;
  return { kind: 'exited', status: context.lastExit };
}

export const processSetup = setup({
  types: {
    input: {} as ProcessInput,
    context: {} as ProcessContext,
    events: {} as ProcessEvent,
    emitted: {} as ProcessChanged | ProcessResumed,
  },
  actors: {
    child: notProvided<ChildCommand, ChildInput>('child'),
    output: notProvided<{ type: 'output.none' }, OutputInput>('output'),
  },
  actions: {
    announce: enqueueActions(({ context, enqueue }, params: Change) => {
      const change = changeOf(context, params);
      if (change === null) return;
      enqueue.assign({ announced: change.to });
      enqueue.emit(change);
    }),
    /** Provided: a defect of ours, not of the program. */
    reportDefect: (_, _params: { spec: ProcessSpec; error: unknown }) => {},
    /** Remembers what an earlier daemon knew, and says so. */
    resume: enqueueActions(({ enqueue }, { past }: Resumption) => {
      enqueue.assign(restored(past));
      enqueue.emit(resumptionOf(past));
    }),
    beginAttempt: assign({
      pid: 0,
      spawnError: '',
      lastExit: null,
      restartDeclined: false,
      signalError: '',
      stdinClosed: false,
    }),
    declineRestart: assign({ restartDeclined: true }),
    recordSpawn: assign({
      pid: (_, params: { pid: number; at: number }) => params.pid,
      startedAt: (_, params: { pid: number; at: number }) => params.at,
    }),
    openOutputs: enqueueActions(
      ({ enqueue, context }, params: { pid: number; stdout: OutputSource; stderr: OutputSource | null }) => {
        const { spec } = context;
        const { pid, stdout, stderr } = params;
        enqueue.spawnChild('output', { id: 'stdout', input: { spec, channel: 'stdout', source: stdout, pid } });
        if (stderr === null) return;
        enqueue.spawnChild('output', { id: 'stderr', input: { spec, channel: 'stderr', source: stderr, pid } });
      },
    ),
    /** Its outputs are closed; whether it was one of an earlier daemon concerns no child after it. */
    releaseChild: enqueueActions(({ context, enqueue }) => {
      enqueue.stopChild('stdout');
      enqueue.stopChild('stderr');
      if (context.adopted !== null) enqueue.assign({ adopted: null });
    }),
    recordSpawnFailure: assign({
      spawnError: (_, params: { reason: string; at: number }) => params.reason,
      startedAt: (_, params: { reason: string; at: number }) => params.at,
      lastEnd: null,
    }),
    recordQuickExit: assign({
      stoppedAt: (_, params: { at: number; status?: ExitStatus }) => params.at,
      lastEnd: (_, params: { at: number; status?: ExitStatus }) => params.status ?? unseen,
      spawnError: spawnErrorTexts.tooQuick,
    }),
    recordExit: assign({
      stoppedAt: (_, params: ExitReport) => params.at,
      lastExit: (_, params: ExitReport) => params.status,
      lastEnd: (_, params: ExitReport) => params.status,
      lastRanMs: (_, params: ExitReport) => params.ranMs,
    }),
    recordBadExit: assign({
      spawnError: ({ context }, params: { status: ExitStatus }) =>
        isExpectedExit(params.status, context.spec.exitCodes) ? '' : spawnErrorTexts.badExit(exitNumber(params.status)),
    }),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    forgetFailures: assign({ failures: 0 }),
    recordSignalFailure: assign({ signalError: (_, params: { reason: string }) => params.reason }),
    recordStdinClosed: assign({ stdinClosed: true }),
    becomeQuiescent: assign({ quiescent: true }),
    becomeDraining: assign({ quiescent: true, drain: 'asked' }),
    /** Answers the group's `process.drain` once: now, or as soon as a stopped state is reached. */
    reportDrainedIfAsked: enqueueActions(({ enqueue, context }) => {
      if (context.drain !== 'asked') return;
      enqueue.assign({ drain: 'answered' });
      enqueue.sendTo(context.parent, { type: 'process.drained', name: context.spec.name });
    }),
    reportSettled: enqueueActions(({ enqueue, context }, { state }: { state: 'EXITED' | 'FATAL' }) => {
      const settlement = settlementIn(state, context);
      if (settlement === null || context.quiescent) return;
      enqueue.sendTo(context.parent, { type: 'process.settled', spec: context.spec, settlement });
    }),
    sendStopSignal: sendTo(
      'child',
      ({ context }): ChildCommand => ({
        type: 'child.signal',
        signal: context.spec.stopSignal,
        toGroup: context.spec.stopAsGroup,
        purpose: 'stop',
      }),
    ),
    sendKill: sendTo(
      'child',
      ({ context }): ChildCommand => ({
        type: 'child.signal',
        signal: signalKill,
        toGroup: context.spec.killAsGroup,
        purpose: 'kill',
      }),
    ),
    forwardSignal: sendTo(
      'child',
      (_, params: { signal: SignalSpec }): ChildCommand => ({
        type: 'child.signal',
        signal: params.signal,
        toGroup: false,
        purpose: 'request',
      }),
    ),
    forwardInput: sendTo(
      'child',
      (_, params: { bytes: Uint8Array }): ChildCommand => ({
        type: 'child.write',
        bytes: params.bytes,
      }),
    ),
  },
  guards: {
    mayStart: ({ context }) => !context.quiescent,
    needsNoStartWindow: ({ context }) => startWindowMs(context) === 0,
    stayedUp: ({ context }, params: { ranMs: number }) => params.ranMs >= context.spec.startMs,
    isStillStarting: (_, { past }: Resumption) => past.child !== null && past.state === 'STARTING',
    isStillStopping: (_, { past }: Resumption) => past.child !== null && past.state === 'STOPPING',
    isStillAlive: (_, { past }: Resumption) => past.child !== null,
    diedStarting: (_, { past }: Resumption) => past.state === 'STARTING',
    diedStopping: (_, { past }: Resumption) => past.state === 'STOPPING',
    diedRunning: (_, { past }: Resumption) => past.state === 'RUNNING' || past.state === 'UNKNOWN',
    wasInBackoff: (_, { past }: Resumption) => past.state === 'BACKOFF',
    wasExited: (_, { past }: Resumption) => past.state === 'EXITED',
    wasFatal: (_, { past }: Resumption) => past.state === 'FATAL',
    isExhausted: ({ context }) => retriesExhausted(context.spec, context.failures),
    shouldRestart: ({ context }) => isRestartDue(context),
    shouldRestartAtOnce: ({ context }) => isRestartDue(context) && restartPauseMs(context.lastRanMs) === 0,
  },
  delays: {
    startWindow: ({ context }) => startWindowMs(context),
    stopWait: ({ context }) => Math.max(0, context.spec.stopWaitMs),
    killRepeat: ({ context }) => Math.max(minKillRepeatMs, context.spec.stopWaitMs),
    backoff: ({ context }) => backoffMs(context.failures),
    restartPause: ({ context }) => restartPauseMs(context.lastRanMs),
  },
});
