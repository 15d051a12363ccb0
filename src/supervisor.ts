/**
 * The composition root: the one place that knows machines, actors and the control interface together. A supervisor lives
 * from one boot to the next shutdown or restart; what outlives it (log, sockets' policy, process table) is handed in.
 */

import { createActor } from 'xstate';
import { groupMachine, type ProcessRef } from '../machines/group.machine.ts';
import { processMachine } from '../machines/process.machine.ts';
import { type ProcessSnapshot, processState, supervisorState } from '../machines/selectors.ts';
import { type SupervisorHalted, supervisorMachine } from '../machines/supervisor.machine.ts';
import { announceChange, announceResumption } from './actors/announcer.ts';
import { createChangeHub } from './actors/change-hub.ts';
import { createChannels } from './actors/channels.ts';
import { createChildProcess } from './actors/child-process.ts';
import { createEventSystem, isProtocolChannel } from './actors/event-system.ts';
import { FcgiSockets } from './actors/fcgi-socket.ts';
import { endLeftover, endLeftTree } from './actors/leftovers.ts';
import { createOutput } from './actors/output.ts';
import { rememberOwnTimers } from './actors/own-timers.ts';
import { ProcessLogs } from './actors/process-logs.ts';
import type { LogAccess, SupervisorControl, UpgradeOutcome } from './commands/control.ts';
import type { GroupChanges } from './control/control-ports.ts';
import { createNoteTaker } from './control/process-notes.ts';
import { createTreeControl } from './control/tree-control.ts';
import { inspectFrom } from './inspector/inspect-from.ts';
import { outputMessage, protocolMessage } from './logging/child-log.ts';
import type { DaemonLog } from './logging/daemon-log.ts';
import { describeEnd } from './model/exit-policy.ts';
import type { PoolPasts } from './model/pool-past.ts';
import { isStopped } from './model/process-state.ts';
import { type GroupSpec, logLevels, type SupervisorSpec } from './model/program-spec.ts';
import { takesFastPath } from './os/fast-paths.ts';
import { compileLate } from './os/late-compiling.ts';
import { longClock } from './os/long-clock.ts';
import type { Os } from './os/os.ts';
import type { Readiness } from './os/readiness.ts';
import type { Reaper } from './os/reaper.ts';
import type { Syslog } from './os/syslog.ts';
import { keepPipes } from './survival/keep-pipes.ts';
import type { Survival } from './survival/survival.ts';
import { inspect, shareShape } from './trace/inspection.ts';
import { createTrace } from './trace/trace.ts';

export interface SupervisorOptions {
  readonly spec: SupervisorSpec;
  readonly reaper: Reaper;
  readonly readiness: Readiness;
  /** Called with each change of a process. */
  readonly onChange: () => void;
  readonly survival: Survival;
  /** Of this product, and of this start of it. */
  readonly productVersion: string;
  readonly instance: string;
  /** See `SupervisorControl`. */
  readonly upgrade: () => Promise<UpgradeOutcome>;
  readonly os: Os;
  readonly log: DaemonLog;
  readonly syslog: Pick<Syslog, 'send'>;
  /** Where programs can reach the daemon; null when it has no server. */
  readonly serverUrl: string | null;
  /** Throws `ConfigError` when the file is invalid. */
  readonly readConfiguration: () => SupervisorSpec;
  /** Numbers for the records of the trace, which go on likewise. */
  readonly nextTraceSerial: () => number;
  /** Numbers for events; they go on from one supervisor to the next. */
  readonly nextEventSerial: () => number;
  /** Events that an earlier version has handed over. */
  readonly undelivered: PoolPasts;
  readonly compareGroups: (active: readonly GroupSpec[], configured: readonly GroupSpec[]) => GroupChanges;
}

export type Halt = Pick<SupervisorHalted, 'intent' | 'end'>;

export interface Supervisor {
  readonly control: SupervisorControl;
  /**
   * Makes the generated log files, goes on with what lives of an earlier daemon, and starts what is to be started as soon as
   * everything has ended that must not live on. Resolves then; what is gone on with is in hand when it returns.
   */
  boot(): Promise<void>;
  /** Opens the log files of all running processes anew. */
  reopenLogs(): void;
  /** What keeps the output of programs that has not been read yet. */
  outputDescriptors(): readonly number[];
  /** Events that no listener has accepted yet. */
  undelivered(): PoolPasts;
  /** Resolves when everything is stopped, with what is to follow, and why if nobody asked for it. */
  readonly halted: Promise<Halt>;
  /** To be asked for after that: resolves when what the supervisor has started for itself has ended, too. */
  gone(): Promise<void>;
}

/** The root of the tree has failed: nothing is supervised any more. */
export class TreeDefect extends Error {
  override readonly name = 'TreeDefect';
  /** The programs can go on until the next daemon adopts them. */
  readonly programsSurvive: boolean;

  constructor(programsSurvive: boolean) {
    super('the supervision tree has failed; see the log');
    this.programsSurvive = programsSurvive;
  }
}

const waitReportMs = 3000;

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { spec, os, reaper, readiness, survival, log } = options;
  const reportDefect = (where: string, error: unknown): void => {
    log.critical(`internal error in ${where}: ${error instanceof Error ? error.stack : String(error)}`);
  };
  const changes = createChangeHub((error) => reportDefect('a listener for state changes', error));
  const logs = new ProcessLogs({
    childLogDir: spec.daemon.childLogDir,
    identifier: spec.daemon.identifier,
    onProblem: (message) => log.warn(message),
  });
  const events = createEventSystem({
    server: spec.daemon.identifier,
    nextSerial: options.nextEventSerial,
    changes,
    now: () => os.clock.now(),
    log,
    onDefect: reportDefect,
    onConversation: (of, conversation) => survival.conversed(of, conversation),
  });

  const announcer = {
    log,
    changes,
    now: () => os.clock.now(),
    isEnding: () => supervisorState(root.getSnapshot()) !== 'RUNNING',
  };
  const notes = createNoteTaker(() => os.clock.stamp());
  const attach = (ref: ProcessRef): void => {
    notes.attach(ref);
    const process = ref.getSnapshot().context.spec;
    ref.on('process.resumed', (resumed) => announceResumption(announcer, process, resumed));
    ref.on('process.changed', (change) => {
      survival.changed(ref.getSnapshot());
      options.onChange();
      announceChange(announcer, process, change);
    });
  };

  // Nothing outlives PID 1.
  const keeper = process.pid === 1 || survival.directory === null ? null : keepPipes({ os, reaper, survival, log });
  const channels = createChannels({
    os,
    readiness,
    pathFor: (of) => survival.pipes(of),
    keeper,
    openLog: (of, channel) => logs.open(of, channel),
    stripAnsi: spec.daemon.stripAnsi,
    isFollowed: (of, channel) => logs.isFollowed(of, channel),
    onBytes: (of, channel, bytes) => logs.deliver(of, channel, bytes),
    warn: (message) => log.warn(message),
  });
  const copiesOutput = logLevels.indexOf(log.level()) >= logLevels.indexOf('debug');
  const processes = processMachine.provide({
    actors: {
      child: createChildProcess({
        os,
        log,
        serverUrl: options.serverUrl,
        sockets: new FcgiSockets(os, log),
        channels,
        register: survival,
        onEnd: (of) => events.ended(of),
      }),
      output: createOutput({
        stripAnsi: spec.daemon.stripAnsi,
        isLookedAt: (from) => copiesOutput || logs.isFollowed(from.spec, from.channel) || events.wantsOutput(from),
        onBytes: (from, bytes, fate) => {
          const { spec: of, channel } = from;
          if (copiesOutput && fate !== 'released') {
            log.debug(
              isProtocolChannel(from) ? protocolMessage(of.name, bytes) : outputMessage(of.name, channel, bytes),
            );
          }
          if (fate !== 'captured') logs.deliver(of, channel, bytes);
          if (fate !== 'released') events.output(from, bytes);
        },
        events,
        hearing: (of) => survival.hearing(of),
        heard: (of) => survival.heard(of),
        syslog: options.syslog,
        onProblem: (message) => log.warn(message),
      }),
    },
    actions: { reportDefect: (_, params) => reportDefect(`the process '${params.spec.name}'`, params.error) },
  });
  const groups = groupMachine.provide({
    actors: { process: processes, pool: events.pool },
    actions: { reportDefect: (_, params) => reportDefect(`the group '${params.group}'`, params.error) },
  });
  const past = survival.past ?? { at: os.clock.stamp(), groups: new Map() };
  let lastReport = Number.NEGATIVE_INFINITY;
  const root = createActor(
    supervisorMachine.provide({
      actors: { group: groups },
      actions: {
        announceGroups: ({ context }, { names, change }) => {
          for (const name of names) {
            const group = context.groups.get(name);
            if (change === 'removed') {
              events.groupRemoved(name);
              channels.forget(name);
              survival.forget(name);
            }
            if (group === undefined) continue;
            for (const process of group.getSnapshot().context.processes.values()) attach(process);
            events.groupAdded(group);
          }
        },
        announceState: (_, { state }) => {
          if (state === 'RUNNING') events.supervisorRuns();
          else {
            survival.ending();
            events.supervisorStops();
          }
        },
        reportEnd: (_, { end }) => {
          if (end !== null) log.warn(`shutting down: ${describeEnd(end)}`);
        },
        reportWaiting: ({ context }) => {
          if (os.clock.steady() < lastReport + waitReportMs) return;
          const unstopped = [...context.groups.values()]
            .flatMap((group) => [...group.getSnapshot().context.processes.values()])
            .map((process) => process.getSnapshot())
            .filter((snapshot) => !isStopped(processState(snapshot)));
          if (unstopped.length === 0) return;
          lastReport = os.clock.steady();
          log.info(`waiting for ${unstopped.map(nameOf).join(', ')} to die`);
        },
        reportDefect: (_, params) => reportDefect('the supervisor', params.error),
      },
    }),
    {
      input: {
        groups: spec.groups,
        exitWhen: spec.daemon.exitWhen,
        past: { ...past, pools: options.undelivered },
      },
      clock: longClock,
    },
  );

  rememberOwnTimers(root);
  inspect(root, (step) => {
    if (step.type === '@xstate.event') compileLate();
    else if (step.type === '@xstate.actor') shareShape(step.actorRef);
  });
  const trace = createTrace(root, {
    size: spec.daemon.traceSize,
    isLate: takesFastPath('late-trace'),
    nextSerial: options.nextTraceSerial,
    now: () => os.clock.now(),
    written: (of) => logs.written(of),
  });
  const closeInspector = inspectFrom(root, spec.daemon.inspectorUrl, { now: () => os.clock.now(), log });
  /** Resolves when everything has ended that must not live on; until then somebody may write to its pipes. */
  let leftoversEnded: Promise<void> = Promise.resolve();
  let keeperGone: Promise<void> = Promise.resolve();
  const halted = new Promise<Halt>((resolve, reject) => {
    root.subscribe({
      error: (error) => {
        reportDefect('the root of the supervision tree', error);
        closeInspector();
        reject(new TreeDefect(survival.directory !== null));
      },
    });
    root.on('supervisor.halted', ({ intent, end }) => {
      closeInspector();
      events.close();
      const close = (): void => {
        if (keeper !== null) keeperGone = keeper.close();
        channels.close();
        resolve({ intent, end });
      };
      void leftoversEnded.then(close, close);
    });
  });
  root.start();

  /** Their output is read until they are gone, so that none waits for its pipe. */
  const endLeftovers = async (): Promise<void> => {
    const known = spec.groups.flatMap(({ processes }) => processes.filter((of) => survival.mustEnd(of)));
    for (const of of known) channels.collect(of);
    await Promise.all(survival.leftovers.map((leftover) => endLeftover(os, log, leftover)));
    await Promise.all(survival.leftTrees.map((left) => endLeftTree(os, log, left)));
    for (const of of known) channels.forgetProcess(of);
    survival.forgetLeftovers();
  };

  return {
    control: createTreeControl(root, spec, {
      os,
      changes,
      notes,
      trace,
      logs,
      events,
      log,
      productVersion: options.productVersion,
      instance: options.instance,
      upgrade: options.upgrade,
      mainLog: mainLogAccess(log),
      readConfiguration: options.readConfiguration,
      compareGroups: options.compareGroups,
    }),
    boot: async () => {
      survival.begin({ autoLog: (of, channel) => logs.autoPath(of, channel) });
      const processSpecs = spec.groups.flatMap((group) => group.processes);
      for (const of of processSpecs) logs.expect(of, survival.formerAutoLogs(of));
      for (const group of spec.groups) logs.prepare(group);
      // What programs have still written that have ended meanwhile, or when their logs could not be written.
      for (const of of processSpecs) if (survival.mayHaveLeftWords(of)) channels.collect(of);
      for (const of of processSpecs.filter((one) => survival.hasLastWords(one))) {
        channels.collect(of);
        channels.forgetProcess(of);
      }
      survival.forgetEnded();
      leftoversEnded = endLeftovers();
      root.send({ type: 'supervisor.boot' });
      await leftoversEnded;
    },
    reopenLogs: () => logs.reopenAll(),
    outputDescriptors: () => channels.descriptors(),
    undelivered: () => events.undelivered(),
    halted,
    gone: () => keeperGone,
  };
}

const nameOf = (snapshot: ProcessSnapshot): string => snapshot.context.spec.name;

const mainLogAccess = (log: DaemonLog): LogAccess => ({
  path: log.path,
  clear: () => log.clear(),
  onBytes: (listener) => log.onBytes(listener),
});
