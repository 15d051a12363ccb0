/**
 * The actor of one OS process: starts it, sends it signals and input, and reports its end. It never decides: what a
 * failure or an exit means is the business of the process machine.
 */

import { fromCallback } from 'xstate';
import type { ChildCommand, ChildReport } from '../../machines/events.ts';
import type { ChildInput } from '../../machines/process.machine.ts';
import type { ExitStatus } from '../model/exit-status.ts';
import type { SignalSpec } from '../model/program-spec.ts';
import type { FcgiSockets } from './fcgi-socket.ts';
import { type LaunchDependencies, launch } from './launch.ts';
import { createStdinWriter, type StdinWriter } from './stdin-writer.ts';
import { endTree, type TreeEnd } from './tree-end.ts';

export interface ChildLog {
  info(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
  critical(message: string): void;
}

export interface ChildProcessDependencies extends LaunchDependencies {
  readonly log: ChildLog;
  readonly sockets: FcgiSockets;
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
    const { os, log } = deps;
    const { spec } = input;
    const report: (event: ChildReport) => void = sendBack;
    let child: Child | null = null;

    const at = os.clock.stamp();
    const startedMs = os.clock.steady();
    const fail = (reason: string): void => {
      log.info(`spawnerr: ${reason}`);
      report({ type: 'child.spawnFailed', reason, at });
    };

    const socket = deps.sockets.hold(spec);
    if (socket?.kind === 'failed') return fail(socket.reason);
    const tree = spec.killTree ? os.openTree() : null;
    let treeEnd: TreeEnd | null = null;
    const onExit = (status: ExitStatus): void => {
      child?.stdin?.close();
      child = null;
      const ended: ChildReport = {
        type: 'child.exited',
        status,
        at: os.clock.stamp(),
        ranMs: os.clock.steady() - startedMs,
      };
      const finish = (): void => {
        report(ended);
        // After the report: a program that is started again at once goes on with the socket, and loses no connection.
        socket?.release();
      };
      if (tree === null) {
        finish();
        return;
      }
      const { name, stopSignal, stopWaitMs } = spec;
      treeEnd = endTree({ tree, name, stopSignal, patienceMs: stopWaitMs, log, onGone: finish });
      if (treeEnd.isLingering) report({ type: 'child.lingering' });
    };

    const extraEnvironment = tree?.environment ?? {};
    const launched = launch(deps, { spec, listeningFd: socket?.fd ?? null, extraEnvironment, onExit });
    if (launched.kind === 'failed') {
      fail(launched.reason);
      socket?.release();
      return;
    }
    const { pid, stdout, stderr } = launched;
    tree?.enter(pid);
    const reportClosedStdin = (): void => report({ type: 'child.stdinClosed' });
    child = {
      pid,
      stdin: launched.stdinFd === null ? null : createStdinWriter(os, launched.stdinFd, reportClosedStdin),
    };
    log.info(`spawned: '${spec.name}' with pid ${pid}`);
    report({ type: 'child.spawned', pid, at, stdout, stderr });

    const sendSignal = (command: SignalCommand): void => {
      if (child === null) {
        if (command.purpose === 'kill') treeEnd?.hurry();
        return;
      }
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
      else child?.stdin.write(command.bytes);
    });

    return () => {
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
