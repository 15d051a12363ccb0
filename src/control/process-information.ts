/**
 * What `getProcessInfo` tells of a process, with Supervisor's fields. Tools ask for that of all processes every few seconds, so
 * what stays the same is kept.
 */

import type { ProcessRef } from '../../machines/group.machine.ts';
import { livingPid, type ProcessSnapshot, processState } from '../../machines/selectors.ts';
import type { ProcessLogs } from '../actors/process-logs.ts';
import { describeProcess } from '../model/description.ts';
import { exitNumber } from '../model/exit-status.ts';
import type { ProcessInfo } from '../model/process-info.ts';
import { processStateCodes } from '../model/process-state.ts';
import type { EvenTime } from '../os/even-time.ts';

export interface InformationSources {
  readonly clock: Pick<EvenTime, 'shown'> & { now(): number };
  readonly logs: Pick<ProcessLogs, 'path'>;
}

/** What is told of a process as long as nothing happens to it. Only the time passes, which `now` and `description` tell. */
interface KnownInfo {
  readonly of: ProcessSnapshot;
  /** What the wall clock was off when the instants were translated. */
  readonly jump: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** Seconds that the process had run when the description was made, if that tells them. */
  ranSeconds: number;
  /** What was told the last time; the same object is told again as long as it is true. */
  info: ProcessInfo;
}

/** Most is the same each time it is asked for, and to gather it anew from the spec and the logs costs three times as much. */
export function createInfo(
  ref: Pick<ProcessRef, 'getSnapshot'>,
  { clock, logs }: InformationSources,
): () => ProcessInfo {
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
    return { of: snapshot, jump, startedAt, stoppedAt, ranSeconds: Number.NaN, info };
  }

  return () => {
    const snapshot = ref.getSnapshot();
    const now = clock.now();
    const jump = clock.shown(0);
    if (known === null || known.of !== snapshot || known.jump !== jump) known = gather(snapshot, jump);
    const ranSeconds = known.info.statename === 'RUNNING' ? seconds(now - known.startedAt) : 0;
    const nowSeconds = seconds(now);
    if (known.info.now !== nowSeconds || known.ranSeconds !== ranSeconds) {
      const description = known.ranSeconds === ranSeconds ? known.info.description : describe(known, now);
      known.info = { ...known.info, now: nowSeconds, description };
      known.ranSeconds = ranSeconds;
    }
    return known.info;
  };
}

function describe({ startedAt, stoppedAt, info }: KnownInfo, now: number): string {
  const { name, statename: state, pid, spawnerr: spawnError } = info;
  return describeProcess({ state, name, pid, startedAt, stoppedAt, spawnError, now });
}

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
