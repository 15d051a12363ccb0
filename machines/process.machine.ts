/**
 * The life of one supervised process. Leaf states are Supervisor's, in capitals; `alive` is entered and left together
 * with the actor of the OS child, so at most one child exists and a stop ends only with its exit report.
 */

import { raise } from 'xstate';
import { initialContext } from './process-context.ts';
import { resumable } from './process-resume.ts';
import { processSetup } from './process-setup.ts';

export type { ProcessChanged, ProcessResumed } from './process-announcements.ts';
export type { ChildInput, OutputInput } from './process-context.ts';

export const processMachine = processSetup.createMachine({
  id: 'process',
  initial: 'STOPPED',
  context: ({ input }) => initialContext(input),
  on: {
    'process.quiesce': { actions: 'becomeQuiescent' },
    // An output actor that failed: its log ends, the process lives on and can be stopped.
    'xstate.error.actor.*': {
      actions: { type: 'reportDefect', params: ({ context, event }) => ({ spec: context.spec, error: event.error }) },
    },
  },
  states: {
    STOPPED: {
      on: {
        ...resumable.on,
        'process.start': { guard: 'mayStart', target: 'alive' },
        'process.drain': { actions: ['becomeDraining', 'reportDrainedIfAsked'] },
      },
    },
    alive: {
      initial: 'STARTING',
      invoke: {
        id: 'child',
        src: 'child',
        input: ({ context }) => ({ spec: context.spec, adopted: context.adopted }),
      },
      exit: 'releaseChild',
      on: {
        'process.signal': { actions: { type: 'forwardSignal', params: ({ event }) => event } },
        'process.write': { actions: { type: 'forwardInput', params: ({ event }) => event } },
        'child.adopted': { actions: { type: 'openOutputs', params: ({ event }) => event } },
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
          entry: { type: 'announce', params: { to: 'STARTING' } },
          on: {
            'process.stop': 'STOPPING',
            'process.drain': { target: 'STOPPING', actions: 'becomeDraining' },
            'child.lingering': '.lingering',
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
              entry: 'beginAttempt',
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
            /** It has failed already; only what it has left behind still runs. */
            lingering: {},
          },
        },
        RUNNING: {
          entry: ['forgetFailures', { type: 'announce', params: { to: 'RUNNING' } }],
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
      entry: ['forgetFailures', { type: 'reportSettled', params: { state: 'EXITED' } }],
      always: { guard: 'shouldRestartAtOnce', target: 'alive' },
      after: { restartPause: { guard: 'shouldRestart', target: 'alive' } },
      on: {
        'process.stop': { actions: 'declineRestart' },
        'process.start': { guard: 'mayStart', target: 'alive' },
        'process.drain': { actions: ['becomeDraining', 'reportDrainedIfAsked'] },
      },
    },
    FATAL: {
      entry: [
        { type: 'announce', params: { to: 'FATAL' } },
        'forgetFailures',
        { type: 'reportSettled', params: { state: 'FATAL' } },
        'reportDrainedIfAsked',
      ],
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
