/**
 * The actor of one OS process: starts it, sends it signals and input, and reports its end. It never decides: what a
 * failure or an exit means is the business of the process machine.
 */

import { fromCallback } from 'xstate';
import type { ChildCommand, ChildReport } from '../../machines/events.ts';
import type { ChildInput } from '../../machines/process.machine.ts';
import type { ExitStatus } from '../model/exit-status.ts';
import type { ProcessSpec, SignalSpec } from '../model/program-spec.ts';
import type { ProgramTree, Spawned } from '../os/os.ts';
import type { ProcessIdentity } from '../os/watch-process.ts';
import type { Channels } from './channels.ts';
import type { FcgiSockets, SocketHold } from './fcgi-socket.ts';
import { type LaunchDependencies, launch } from './launch.ts';
import { createStdinWriter, type StdinWriter } from './stdin-writer.ts';
import { endTree, type TreeEnd } from './tree-end.ts';

export interface ChildLog {
  info(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
  critical(message: string): void;
}

/** Where it is written down which programs live, for a daemon that comes after this one. */
export interface ProgramRegister {
  /**
   * Before a spawn: from now on there may be a program of which only its pipes tell, and what it starts. `treeMark` is carried by
   * all of that; null when it need not end with the program.
   */
  spawning(spec: ProcessSpec, treeMark: string | null): void;
  spawned(spec: ProcessSpec, program: Pick<Spawned, 'pid' | 'startTicks'>): void;
  exited(spec: ProcessSpec): void;
  /** Before something is written to its standard input, and as soon as all of that is in the pipe. */
  writing(spec: ProcessSpec): void;
  written(spec: ProcessSpec): void;
  /** Resolves when no program of an earlier daemon is left that has to end before any is started; null when none is. */
  untilClear(): Promise<void> | null;
  /** The program of an earlier daemon that the process goes on with; null when there is none. */
  survivor(spec: ProcessSpec): Survivor | null;
}

export interface Survivor extends ProcessIdentity {
  /** See `spawning`. */
  readonly treeMark: string | null;
}

export interface ChildProcessDependencies extends LaunchDependencies {
  readonly log: ChildLog;
  readonly channels: Pick<Channels, 'open' | 'adopt'>;
  readonly sockets: FcgiSockets;
  readonly register: ProgramRegister;
  /** The program has ended; its last words may still be in its pipes. */
  readonly onEnd: (spec: ProcessSpec) => void;
}

type SignalCommand = Extract<ChildCommand, { type: 'child.signal' }>;

/** A living child: nothing of it outlives its exit report. */
interface Child {
  readonly pid: number;
  /** null when it has no pipe as its standard input. */
  readonly stdin: StdinWriter | null;
}

export const createChildProcess = (deps: ChildProcessDependencies) =>
  fromCallback<ChildCommand, ChildInput>(({ input, sendBack, receive }) => {
    const { os, log, register } = deps;
    const { spec } = input;
    const report: (event: ChildReport) => void = sendBack;
    let child: Child | null = null;

    let at = os.clock.stamp();
    let startedMs = os.clock.steady() - (input.adopted?.ranMs ?? 0);
    let isWaiting = false;
    let socket: SocketHold | null = null;
    let tree: ProgramTree | null = null;
    let treeEnd: TreeEnd | null = null;

    const onExit = (status: ExitStatus): void => {
      child?.stdin?.close();
      child = null;
      deps.onEnd(spec);
      const [at, ranMs] = [os.clock.stamp(), os.clock.steady() - startedMs];
      const finish = (): void => {
        register.exited(spec);
        report({ type: 'child.exited', status, at, ranMs });
        // After the report: a program that is started again at once goes on with the socket, and loses no connection.
        if (socket?.kind === 'held') socket.release();
      };
      if (tree === null) {
        finish();
        return;
      }
      const { name, stopSignal, stopWaitMs } = spec;
      treeEnd = endTree({ tree, name, stopSignal, patienceMs: stopWaitMs, log, onGone: finish });
      if (treeEnd.isLingering) report({ type: 'child.lingering' });
    };
    const talkTo = (stdinFd: number | null): StdinWriter | null =>
      stdinFd === null
        ? null
        : createStdinWriter(os, stdinFd, { onClosed: reportClosedStdin, onWritten: () => register.written(spec) });
    const reportClosedStdin = (): void => report({ type: 'child.stdinClosed' });
    const fail = (reason: string): void => {
      log.info(`spawnerr: ${reason}`);
      report({ type: 'child.spawnFailed', reason, at });
    };

    const start = (): Child | null => {
      socket = deps.sockets.hold(spec);
      if (socket?.kind === 'failed') {
        fail(socket.reason);
        return null;
      }
      tree = spec.killTree ? os.openTree() : null;
      register.spawning(spec, tree?.mark ?? null);
      const launched = launch(deps, { spec, listeningFd: socket?.fd ?? null, tree, onExit });
      if (launched.kind === 'failed') {
        fail(launched.reason);
        socket?.release();
        return null;
      }
      const { pid, startTicks, stdout, stderr } = launched;
      register.spawned(spec, { pid, startTicks });
      const started = { pid, stdin: talkTo(launched.stdinFd) };
      log.info(`spawned: '${spec.name}' with pid ${pid}`);
      report({ type: 'child.spawned', pid, at, stdout, stderr });
      return started;
    };

    const adopt = (program: Survivor): Child | null => {
      const { pid } = program;
      const channels = deps.channels.adopt(spec, pid);
      if ('error' in channels) {
        log.warn(`cannot read the output of '${spec.name}' (pid ${pid}) any more: ${channels.error}`);
      } else {
        report({ type: 'child.adopted', pid, stdout: channels.stdout, stderr: channels.stderr });
      }
      socket = deps.sockets.holdOf(spec, pid);
      tree = spec.killTree ? os.findTree(pid, program.treeMark) : null;
      const watch = os.watch(program, onExit);
      const adopted = { pid, stdin: 'error' in channels ? null : talkTo(channels.stdinFd) };
      if (watch.kind === 'watched') return adopted;
      adopted.stdin?.close();
      onExit({ kind: 'unseen' });
      return null;
    };

    const survivor = input.adopted === null ? null : register.survivor(spec);
    const clear = register.untilClear();
    if (survivor !== null) child = adopt(survivor);
    else if (clear === null) child = start();
    else {
      isWaiting = true;
      void clear.then(() => {
        if (!isWaiting) return;
        isWaiting = false;
        at = os.clock.stamp();
        startedMs = os.clock.steady();
        child = start();
      });
    }

    const sendSignal = (command: SignalCommand): void => {
      if (isWaiting) {
        if (command.purpose === 'request') return;
        isWaiting = false;
        report({ type: 'child.spawnFailed', reason: '', at });
        return;
      }
      if (child === null) {
        if (command.purpose === 'kill') treeEnd?.hurry();
        return;
      }
      const { pid } = child;
      announceSignal(log, spec.name, pid, command);
      if (command.purpose === 'kill') tree?.kill();
      const result = os.signal(command.toGroup ? -pid : pid, command.signal.number);
      if (result.kind === 'sent') return;
      if (result.kind === 'gone') {
        const just = command.purpose === 'request' ? 'just now' : 'just';
        log.debug(`unable to signal ${spec.name} (pid ${pid}), it probably ${just} exited on its own: ESRCH`);
        return;
      }
      const doing = command.purpose === 'request' ? `sending sig ${spec.name}` : `killing ${spec.name}`;
      const reason = `unknown problem ${doing} (${pid}): ${result.error}`;
      log.critical(reason);
      report({ type: 'child.signalFailed', reason });
    };

    receive((command) => {
      if (command.type === 'child.signal') sendSignal(command);
      else if (child?.stdin === null) reportClosedStdin();
      else if (child !== null) {
        register.writing(spec);
        child.stdin.write(command.bytes);
      }
    });

    return () => {
      isWaiting = false;
      treeEnd?.cancel();
      child?.stdin?.close();
    };
  });

function announceSignal(log: ChildLog, name: string, pid: number, command: SignalCommand): void {
  const { purpose, signal } = command;
  if (purpose === 'request') {
    log.debug(`sending ${name} (pid ${pid}) sig ${signal.name}`);
    return;
  }
  if (purpose === 'kill') log.warn(`killing '${name}' (${pid}) with SIGKILL`);
  log.debug(`killing ${name} (pid ${pid}) ${target(command)}with signal ${signal.name}`);
}

const target = ({ toGroup }: { readonly toGroup: boolean; readonly signal: SignalSpec }): string =>
  toGroup ? 'process group ' : '';
