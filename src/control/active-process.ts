/** One process actor as the control methods see it: questions are answered from its snapshot, wishes become events. */

import type { ProcessRef } from '../../machines/group.machine.ts';
import { livingPid, type ProcessSnapshot, processState } from '../../machines/selectors.ts';
import { checkCommand } from '../actors/command-check.ts';
import type { ActiveProcess, CommandProblem, LogAccess } from '../commands/control.ts';
import { isFine } from '../explain/fine.ts';
import { describeProcess } from '../model/description.ts';
import { exitNumber } from '../model/exit-status.ts';
import type { ProcessInfo } from '../model/process-info.ts';
import { processStateCodes } from '../model/process-state.ts';
import type { ControlPorts } from './control-ports.ts';
import { explain, explainBriefly } from './explanation.ts';
import { factsOf, overviewOf } from './process-facts.ts';

export function createActiveProcess(ref: ProcessRef, ports: ControlPorts): ActiveProcess {
  const { spec } = ref.getSnapshot().context;
  const { name, groupName: group } = spec;

  const logAccess = (channel: 'stdout' | 'stderr'): LogAccess => ({
    get path() {
      return ports.logs.path(spec, channel);
    },
    clear: () => ports.logs.clear(spec, channel),
    onBytes: (listener) => ports.logs.onBytes(spec, channel, listener),
  });
  const stdout = logAccess('stdout');
  const stderr = logAccess('stderr');

  const facts = () => factsOf(ref, { notes: ports.notes, clock: ports.os.clock });

  return {
    name,
    group,
    spec,
    state: () => processState(ref.getSnapshot()),
    info: createInfo(ref, ports),
    overview: () => overviewOf(facts()),
    explainBriefly: () => explainBriefly(facts()),
    explain: () =>
      explain(facts(), { logs: ports.logs, trace: ports.trace, searchPath: ports.os.environment.PATH ?? '' }),
    isFine: () => isFine(facts()),
    spawnError: () => ref.getSnapshot().context.spawnError,
    checkCommand: (): CommandProblem | null => {
      const command = checkCommand(ports.os, spec);
      return command.kind === 'runnable' ? null : command;
    },
    start: () => ref.send({ type: 'process.start' }),
    stop: () => ref.send({ type: 'process.stop' }),
    // The child actor acts while the event is handled, so the snapshot afterwards tells how it went.
    signal: (signal) => {
      ref.send({ type: 'process.signal', signal });
      const { signalError } = ref.getSnapshot().context;
      return signalError === '' ? { kind: 'sent' } : { kind: 'failed', text: signalError };
    },
    writeStdin: (bytes) => {
      const before = ref.getSnapshot();
      if (livingPid(before) === 0 || processState(before) === 'STOPPING') return 'not-running';
      ref.send({ type: 'process.write', bytes });
      return ref.getSnapshot().context.stdinClosed ? 'closed' : 'written';
    },
    stdout,
    stderr,
    pastOutput: (channel, from, to) => ports.logs.writtenBetween(spec, channel, from, to),
    onChange: (listener) => ports.changes.on(group, name, listener),
  };
}

/** What is told of a process as long as nothing happens to it. Only the time passes, which `now` and `description` tell. */
interface KnownInfo {
  readonly of: ProcessSnapshot;
  /** What the wall clock was off when the instants were translated. */
  readonly jump: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly info: ProcessInfo;
}

/** Most is the same each time it is asked for, and to gather it anew from the spec and the logs costs three times as much. */
function createInfo(ref: ProcessRef, { os: { clock }, logs }: ControlPorts): () => ProcessInfo {
  let known: KnownInfo | null = null;

  function gather(snapshot: ProcessSnapshot, jump: number): KnownInfo {
    const { spec, spawnError, lastExit, ...context } = snapshot.context;
    const shown = (at: number): number => (at === 0 ? 0 : clock.shown(at));
    const [startedAt, stoppedAt] = [shown(context.startedAt), shown(context.stoppedAt)];
    const state = processState(snapshot);
    const stdoutLogfile = logs.path(spec, 'stdout') ?? '';
    const info: ProcessInfo = {
      name: spec.name,
      group: spec.groupName,
      start: seconds(startedAt),
      stop: seconds(stoppedAt),
      now: 0,
      state: processStateCodes[state],
      statename: state,
      spawnerr: spawnError,
      exitstatus: lastExit === null ? 0 : exitNumber(lastExit),
      logfile: stdoutLogfile,
      stdout_logfile: stdoutLogfile,
      stderr_logfile: logs.path(spec, 'stderr') ?? '',
      pid: livingPid(snapshot),
      description: '',
    };
    return { of: snapshot, jump, startedAt, stoppedAt, info };
  }

  return () => {
    const snapshot = ref.getSnapshot();
    const now = clock.now();
    const jump = clock.shown(0);
    if (known === null || known.of !== snapshot || known.jump !== jump) known = gather(snapshot, jump);
    const { startedAt, stoppedAt, info } = known;
    const { name, statename: state, pid, spawnerr: spawnError } = info;
    const description = describeProcess({ state, name, pid, startedAt, stoppedAt, spawnError, now });
    return { ...info, now: seconds(now), description };
  };
}

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
