/** One process actor as the control methods see it: questions are answered from its snapshot, wishes become events. */

import type { ProcessRef } from '../../machines/group.machine.ts';
import { livingPid, processState } from '../../machines/selectors.ts';
import { checkCommand } from '../actors/command-check.ts';
import type { ActiveProcess, CommandProblem, LogAccess } from '../commands/control.ts';
import { isFine } from '../explain/fine.ts';
import type { ControlPorts } from './control-ports.ts';
import { explain, explainBriefly } from './explanation.ts';
import { factsOf, overviewOf } from './process-facts.ts';
import { createInfo } from './process-information.ts';

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
    info: createInfo(ref, { clock: ports.os.clock, logs: ports.logs }),
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
