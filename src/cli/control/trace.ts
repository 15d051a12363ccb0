/** The action `trace`, which Supervisor has not: what the daemon remembers of what happened, and why it did. */

import { Fault, faultCodes } from '../../model/errors.ts';
import { parseProcessName } from '../../model/process-name.ts';
import { notifications, subscriptionMethods } from '../../protocol/messages.ts';
import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { refuseArguments } from './help.ts';
import { untilInterrupted } from './interrupts.ts';
import { splitWords } from './line.ts';
import { tellUnknown } from './own-method.ts';
import { paintFor } from './paint.ts';
import { fieldsOf, listOf, numberOf } from './reply-fields.ts';
import { createTraceFormat } from './trace-lines.ts';
import { readTraceOptions, type TraceOptions } from './trace-options.ts';
import { parseRecord } from './trace-records.ts';

/** What a server answers at most. */
const mostRecords = 10_000;

/** Numbers of records that were shown, for those that are told again. */
const mostRemembered = 100_000;

/** `trace [name] [-f] [--since 10m] [--json]`: one line a record, oldest first. */
export async function trace(context: ControlContext, argument: string): Promise<void> {
  const read = readTraceOptions(splitWords(argument));
  if (read.kind === 'mistake') return refuseArguments(context, 'trace', `ERROR: ${read.reason}`);
  if (!(await checkServer(context))) return;
  try {
    await showTrace(context, read.options);
  } catch (error) {
    if (tellUnknown(context, 'trace', error)) return;
    if (!(error instanceof Fault && error.code === faultCodes.BAD_NAME)) throw error;
    context.output.line(unknownName(read.options.name));
    context.exitStatus = exitStatuses.generic;
  }
}

async function showTrace(context: ControlContext, options: TraceOptions): Promise<void> {
  const { name, sinceMs, json } = options;
  const format = createTraceFormat(paintFor(context));
  const from = sinceMs === null ? 0 : Date.now() - sinceMs;
  const shown = new Set<number>();
  let last = 0;
  const show = (value: unknown): void => {
    const record = parseRecord(value);
    last = Math.max(last, record.serial);
    // What others follow from is told with them, and a request once more when it is answered: news if it was refused.
    if (record.at < from || (shown.has(record.serial) && !json && record.outcome !== 'refused')) return;
    if (shown.size >= mostRemembered) shown.clear();
    shown.add(record.serial);
    context.output.line(json ? JSON.stringify(value) : format(record));
  };

  const answer = fieldsOf(await context.server.call('trace.read', name, 0, mostRecords));
  for (const record of listOf(answer.get('records'))) show(record);
  if (options.follow) {
    if (last === 0) context.output.note(`hint: ${noTrace}`);
    await untilInterrupted(context.interrupts, (signal) => follow(context, name, { show, since: last, signal }));
  } else if (shown.size === 0 && !json) {
    context.output.note(`hint: ${await whyNothing(context, options)}`);
  }
}

interface Following {
  readonly show: (record: unknown) => void;
  /** Serial of the last record that is known. */
  readonly since: number;
  readonly signal: AbortSignal;
}

function follow(context: ControlContext, name: string, { show, since, signal }: Following): Promise<void> {
  return context.server.subscribe({
    method: subscriptionMethods.trace,
    params: [name, since],
    onReply: () => {},
    onNotification: (method, [records]) => {
      if (method === notifications.traceRecords) for (const record of listOf(records)) show(record);
    },
    onMissed: (count) => context.output.note(`hint: ${count} pieces of the trace were left out: they came too fast`),
    signal,
  });
}

const noTrace = 'nothing is remembered: trace_size is 0, or nothing has happened yet';

/** As other actions say it. */
function unknownName(name: string): string {
  const { group, process } = parseProcessName(name);
  return process === null ? `${group}: ERROR (no such group)` : `${name}: ERROR (no such process)`;
}

async function whyNothing(context: ControlContext, { name, sinceMs }: TraceOptions): Promise<string> {
  const answer = fieldsOf(await context.server.call('trace.read', '', 0, 1));
  if (numberOf(answer, 'last') === 0) return noTrace;
  const about = name === '' ? '' : ` about ${name}`;
  return `nothing is remembered${about}${sinceMs === null ? '' : ' of that time'}`;
}
