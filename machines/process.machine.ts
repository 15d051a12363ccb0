/**
 * The life of one supervised process. Leaf states are Supervisor's, in capitals; `alive` is entered and left together
 * with the actor of the OS child, so at most one child exists and a stop ends only with its exit report.
 */

import {
  type ActorRef,
  assign,
  type ErrorActorEvent,
  emit,
  enqueueActions,
  raise,
  type Snapshot,
  sendTo,
  setup,
} from 'xstate';
import { type ExitStatus, exitNumber, isExpectedExit } from '../src/model/exit-status.ts';
import type { ProcessState } from '../src/model/process-state.ts';
import type { ProcessSpec, SignalSpec } from '../src/model/program-spec.ts';
import {
  backoffMs,
  restartPauseMs,
  retriesExhausted,
  spawnErrorTexts,
  wantsRestart,
} from '../src/model/restart-policy.ts';
import type { ChildCommand, ChildReport, OutputSource, ProcessCommand, ProcessReport } from './events.ts';
import { notProvided } from './not-provided.ts';

export interface ProcessInput {
  readonly spec: ProcessSpec;
  readonly parent: ActorRef<Snapshot<unknown>, ProcessReport>;
}

export interface ProcessContext extends ProcessInput {
  /** The state left last; what listeners are told as `from_state`. */
  readonly previous: ProcessState;
  /** Failed starts in a row. A manual start does not reset it; RUNNING, EXITED and FATAL do. */
  readonly failures: number;
  /** Pid of the child, also after its end; 0 until an attempt has spawned one. */
  readonly pid: number;
  /** Last spawn attempt, epoch ms; 0 if never. */
  readonly startedAt: number;
  /** Last reap, epoch ms; 0 if never. */
  readonly stoppedAt: number;
  /** Why the last spawn failed or the last exit was bad; '' if neither. */
  readonly spawnError: string;
  /** How the last child ended; null before the first end, after a spawn and after a start that was too quick. */
  readonly lastExit: ExitStatus | null;
  /** How long the last child ran that was RUNNING or stopped, in milliseconds. */
  readonly lastRanMs: number;
  /** A stop was asked for while a restart was due. */
  readonly restartDeclined: boolean;
  /** Why a signal to this child could not be sent; '' if every one could. */
  readonly signalError: string;
  /** The child closed its standard input. */
  readonly stdinClosed: boolean;
  /** The daemon is stopping: nothing is started any more. */
  readonly quiescent: boolean;
  /** The group waits for this process to be stopped, and has not been told yet. */
  readonly draining: boolean;
}

export interface ChildInput {
  readonly spec: ProcessSpec;
}

export interface OutputInput {
  readonly spec: ProcessSpec;
  readonly channel: 'stdout' | 'stderr';
  readonly source: OutputSource;
  /** Of the child that writes. */
  readonly pid: number;
}

type ProcessEvent = ProcessCommand | ChildReport | ErrorActorEvent<unknown, string>;

const signalKill: SignalSpec = { name: 'SIGKILL', number: 9 };

/** SIGKILL is repeated no faster than this, so that `stopwaitsecs=0` does not keep the daemon busy. */
const minKillRepeatMs = 1000;

/** Emitted with every change of state, once the transition is complete. */
export interface ProcessChanged {
  readonly type: 'process.changed';
  readonly from: ProcessState;
  readonly to: ProcessState;
  /** Of the living child, or of the one that just died; 0 if there was none. */
  readonly pid: number;
  /** Failed starts in a row. */
  readonly failures: number;
  /** The exit that caused the change, if one did. */
  readonly exit: ExitStatus | null;
}

/** States in which, or into which, a child is involved. */
const childStates: ReadonlySet<ProcessState> = new Set(['RUNNING', 'STOPPING', 'UNKNOWN']);

type ExitReport = Extract<ChildReport, { type: 'child.exited' }>;

const isRestartDue = ({ quiescent, restartDeclined, lastExit, spec }: ProcessContext): boolean =>
  !quiescent && !restartDeclined && lastExit !== null && wantsRestart(spec, lastExit);

export const processMachine = setup({
  types: {
    input: {} as ProcessInput,
    context: {} as ProcessContext,
    events: {} as ProcessEvent,
    emitted: {} as ProcessChanged,
  },
  actors: {
    child: notProvided<ChildCommand, ChildInput>('child'),
    output: notProvided<{ type: 'output.none' }, OutputInput>('output'),
  },
  actions: {
    announce: emit(
      ({ context }, { to, exit }: { to: ProcessState; exit?: ExitStatus }): ProcessChanged => ({
        type: 'process.changed',
        from: context.previous,
        to,
        pid: exit !== undefined || childStates.has(to) ? context.pid : 0,
        failures: context.failures,
        exit: exit ?? null,
      }),
    ),
    /** Provided: a defect of ours, not of the program. */
    reportDefect: (_, _params: { spec: ProcessSpec; error: unknown }) => {},
    leave: assign({ previous: (_, params: { state: ProcessState }) => params.state }),
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
    closeOutputs: enqueueActions(({ enqueue }) => {
      enqueue.stopChild('stdout');
      enqueue.stopChild('stderr');
    }),
    recordSpawnFailure: assign({
      spawnError: (_, params: { reason: string; at: number }) => params.reason,
      startedAt: (_, params: { reason: string; at: number }) => params.at,
    }),
    recordQuickExit: assign({
      stoppedAt: (_, params: { at: number }) => params.at,
      spawnError: spawnErrorTexts.tooQuick,
    }),
    recordExit: assign({
      stoppedAt: (_, params: ExitReport) => params.at,
      lastExit: (_, params: ExitReport) => params.status,
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
    becomeDraining: assign({ quiescent: true, draining: true }),
    /** Answers the group's `process.drain` once: now, or as soon as a stopped state is reached. */
    reportDrainedIfAsked: enqueueActions(({ enqueue, context }) => {
      if (!context.draining) return;
      enqueue.assign({ draining: false });
      enqueue.sendTo(context.parent, { type: 'process.drained', name: context.spec.name });
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
    needsNoStartWindow: ({ context }) => context.spec.startMs <= 0,
    stayedUp: ({ context }, params: { ranMs: number }) => params.ranMs >= context.spec.startMs,
    isExhausted: ({ context }) => retriesExhausted(context.spec, context.failures),
    shouldRestart: ({ context }) => isRestartDue(context),
    shouldRestartAtOnce: ({ context }) => isRestartDue(context) && restartPauseMs(context.lastRanMs) === 0,
  },
  delays: {
    startWindow: ({ context }) => context.spec.startMs,
    stopWait: ({ context }) => Math.max(0, context.spec.stopWaitMs),
    killRepeat: ({ context }) => Math.max(minKillRepeatMs, context.spec.stopWaitMs),
    backoff: ({ context }) => backoffMs(context.failures),
    restartPause: ({ context }) => restartPauseMs(context.lastRanMs),
  },
}).createMachine({
  id: 'process',
  initial: 'STOPPED',
  context: ({ input }) => ({
    ...input,
    previous: 'STOPPED',
    failures: 0,
    pid: 0,
    startedAt: 0,
    stoppedAt: 0,
    spawnError: '',
    lastExit: null,
    lastRanMs: 0,
    restartDeclined: false,
    signalError: '',
    stdinClosed: false,
    quiescent: false,
    draining: false,
  }),
  on: {
    'process.quiesce': { actions: 'becomeQuiescent' },
    // An output actor that failed: its log ends, the process lives on and can be stopped.
    'xstate.error.actor.*': {
      actions: { type: 'reportDefect', params: ({ context, event }) => ({ spec: context.spec, error: event.error }) },
    },
  },
  states: {
    STOPPED: {
      exit: { type: 'leave', params: { state: 'STOPPED' } },
      on: {
        'process.start': { guard: 'mayStart', target: 'alive' },
        'process.drain': { actions: ['becomeDraining', 'reportDrainedIfAsked'] },
      },
    },
    alive: {
      initial: 'STARTING',
      invoke: { id: 'child', src: 'child', input: ({ context }) => ({ spec: context.spec }) },
      exit: 'closeOutputs',
      on: {
        'process.signal': { actions: { type: 'forwardSignal', params: ({ event }) => event } },
        'process.write': { actions: { type: 'forwardInput', params: ({ event }) => event } },
        'child.stdinClosed': { actions: 'recordStdinClosed' },
        'child.signalFailed': {
          target: '.UNKNOWN',
          actions: { type: 'recordSignalFailure', params: ({ event }) => event },
        },
        'xstate.error.actor.child': {
          target: '#process.UNKNOWN',
          actions: {
            type: 'reportDefect',
            params: ({ context, event }) => ({ spec: context.spec, error: event.error }),
          },
        },
      },
      states: {
        STARTING: {
          initial: 'spawning',
          entry: ['beginAttempt', { type: 'announce', params: { to: 'STARTING' } }],
          exit: { type: 'leave', params: { state: 'STARTING' } },
          on: {
            'process.stop': 'STOPPING',
            'process.drain': { target: 'STOPPING', actions: 'becomeDraining' },
            'child.spawnFailed': {
              target: '#process.BACKOFF',
              actions: [
                { type: 'recordSpawnFailure', params: ({ event }) => event },
                'countFailure',
                { type: 'announce', params: { to: 'BACKOFF' } },
              ],
            },
            'child.exited': [
              {
                // The window had passed, only its timer had not been served yet: it was RUNNING, and ended.
                guard: { type: 'stayedUp', params: ({ event }) => event },
                target: 'RUNNING',
                actions: raise(({ event }) => event),
              },
              {
                target: '#process.BACKOFF',
                actions: [
                  { type: 'recordQuickExit', params: ({ event }) => event },
                  'countFailure',
                  { type: 'announce', params: ({ event }) => ({ to: 'BACKOFF', exit: event.status }) },
                ],
              },
            ],
          },
          states: {
            spawning: {
              on: {
                'child.spawned': {
                  target: 'proving',
                  actions: [
                    { type: 'recordSpawn', params: ({ event }) => event },
                    { type: 'openOutputs', params: ({ event }) => event },
                  ],
                },
              },
            },
            proving: {
              always: { guard: 'needsNoStartWindow', target: '#process.alive.RUNNING' },
              after: { startWindow: '#process.alive.RUNNING' },
            },
          },
        },
        RUNNING: {
          entry: ['forgetFailures', { type: 'announce', params: { to: 'RUNNING' } }],
          exit: { type: 'leave', params: { state: 'RUNNING' } },
          on: {
            'process.stop': 'STOPPING',
            'process.drain': { target: 'STOPPING', actions: 'becomeDraining' },
            'child.exited': {
              target: '#process.EXITED',
              actions: [
                { type: 'recordExit', params: ({ event }) => event },
                { type: 'recordBadExit', params: ({ event }) => event },
                { type: 'announce', params: ({ event }) => ({ to: 'EXITED', exit: event.status }) },
              ],
            },
          },
        },
        STOPPING: {
          initial: 'signalled',
          entry: [{ type: 'announce', params: { to: 'STOPPING' } }, 'sendStopSignal'],
          exit: { type: 'leave', params: { state: 'STOPPING' } },
          on: {
            'process.drain': { actions: 'becomeDraining' },
            // The stop came while the child was being made: note it, so that its end is recognised.
            'child.spawned': {
              actions: [
                { type: 'recordSpawn', params: ({ event }) => event },
                { type: 'openOutputs', params: ({ event }) => event },
              ],
            },
            'child.spawnFailed': {
              target: '#process.STOPPED',
              actions: [
                { type: 'recordSpawnFailure', params: ({ event }) => event },
                { type: 'announce', params: { to: 'STOPPED' } },
                'reportDrainedIfAsked',
              ],
            },
            'child.exited': {
              target: '#process.STOPPED',
              actions: [
                { type: 'recordExit', params: ({ event }) => event },
                { type: 'announce', params: ({ event }) => ({ to: 'STOPPED', exit: event.status }) },
                'reportDrainedIfAsked',
              ],
            },
          },
          states: {
            signalled: { after: { stopWait: 'killing' } },
            // SIGKILL is repeated until the exit is seen: a child in an uninterruptible sleep may take long.
            killing: { entry: 'sendKill', after: { killRepeat: { target: 'killing', reenter: true } } },
          },
        },
        /** A signal could not be sent (EPERM). The child lives; nothing more can be done to it until it ends. */
        UNKNOWN: {
          entry: [{ type: 'announce', params: { to: 'UNKNOWN' } }, 'reportDrainedIfAsked'],
          exit: { type: 'leave', params: { state: 'UNKNOWN' } },
          on: {
            'process.drain': { actions: ['becomeDraining', 'reportDrainedIfAsked'] },
            'child.signalFailed': { actions: { type: 'recordSignalFailure', params: ({ event }) => event } },
            'child.exited': {
              target: '#process.STOPPED',
              actions: [
                { type: 'recordExit', params: ({ event }) => event },
                { type: 'announce', params: ({ event }) => ({ to: 'STOPPED', exit: event.status }) },
              ],
            },
          },
        },
      },
    },
    BACKOFF: {
      exit: { type: 'leave', params: { state: 'BACKOFF' } },
      always: { guard: 'isExhausted', target: 'FATAL' },
      after: { backoff: { guard: 'mayStart', target: 'alive' } },
      on: {
        'process.stop': {
          target: 'STOPPED',
          actions: { type: 'announce', params: { to: 'STOPPED' } },
        },
        'process.drain': { target: 'FATAL', actions: 'becomeDraining' },
      },
    },
    EXITED: {
      entry: 'forgetFailures',
      exit: { type: 'leave', params: { state: 'EXITED' } },
      always: { guard: 'shouldRestartAtOnce', target: 'alive' },
      after: { restartPause: { guard: 'shouldRestart', target: 'alive' } },
      on: {
        'process.stop': { actions: 'declineRestart' },
        'process.start': { guard: 'mayStart', target: 'alive' },
        'process.drain': { actions: ['becomeDraining', 'reportDrainedIfAsked'] },
      },
    },
    FATAL: {
      entry: [{ type: 'announce', params: { to: 'FATAL' } }, 'forgetFailures', 'reportDrainedIfAsked'],
      exit: { type: 'leave', params: { state: 'FATAL' } },
      on: {
        'process.start': { guard: 'mayStart', target: 'alive' },
        'process.drain': { actions: ['becomeDraining', 'reportDrainedIfAsked'] },
      },
    },
    /** A defect of ours ended the actor of the child. Dead end until the group is removed or the daemon restarts. */
    UNKNOWN: {
      entry: [{ type: 'announce', params: { to: 'UNKNOWN' } }, 'reportDrainedIfAsked'],
      on: { 'process.drain': { actions: ['becomeDraining', 'reportDrainedIfAsked'] } },
    },
  },
});

export type ProcessMachine = typeof processMachine;
