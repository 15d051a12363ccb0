/** The action `trace`, which Supervisor has not: what the daemon remembers of what happened, and why it did. */

import { Fault, faultCodes } from '../../model/errors.ts';
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

/** Of one answer: a bound for the memory of both sides. */
const pageRecords = 1000;

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
    context.output.line(`${read.options.name}: ERROR (no such process)`);
    context.exitStatus = exitStatuses.generic;
  }
}

async function showTrace(context: ControlContext, options: TraceOptions): Promise<void> {
  const format = createTraceFormat(paintFor(context));
  const from = options.sinceMs === null ? 0 : Date.now() - options.sinceMs;
  let last = 0;
  let shown = 0;
  const show = (value: unknown): void => {
    const record = parseRecord(value);
    if (record.serial <= last) return;
    last = record.serial;
    if (record.at < from) return;
    shown += 1;
    context.output.line(options.json ? JSON.stringify(value) : format(record));
  };

  await readAll(context, options.name, show, () => last);
  if (!options.follow) {
    if (shown === 0 && !options.json) context.output.note(`hint: ${await whyNothing(context, options)}`);
    return;
  }
  await untilInterrupted(context.interrupts, (signal) =>
    follow(context, options.name, { show, last: () => last, signal }),
  );
}

/** Page after page, until there is nothing new. */
async function readAll(
  context: ControlContext,
  name: string,
  show: (record: unknown) => void,
  last: () => number,
): Promise<void> {
  for (;;) {
    const before = last();
    const answer = fieldsOf(await context.server.call('trace.read', name, before, pageRecords));
    for (const record of listOf(answer.get('records'))) show(record);
    if (last() === before) return;
  }
}

interface Following {
  readonly show: (record: unknown) => void;
  readonly last: () => number;
  readonly signal: AbortSignal;
}

function follow(context: ControlContext, name: string, { show, last, signal }: Following): Promise<void> {
  return context.server.subscribe({
    method: 'subscribe.trace',
    params: [name, last()],
    onReply: (reply) => {
      for (const record of listOf(fieldsOf(reply).get('records'))) show(record);
    },
    onNotification: (method, [records]) => {
      if (method === 'trace.records') for (const record of listOf(records)) show(record);
    },
    onMissed: (count) => context.output.note(`hint: ${count} pieces of the trace were left out: they came too fast`),
    signal,
  });
}

async function whyNothing(context: ControlContext, { name, sinceMs }: TraceOptions): Promise<string> {
  const answer = fieldsOf(await context.server.call('trace.read', '', 0, 1));
  if (numberOf(answer, 'last') === 0) return 'nothing is remembered: trace_size is 0, or nothing has happened yet';
  const about = name === '' ? '' : ` about ${name}`;
  return `nothing is remembered${about}${sinceMs === null ? '' : ' of that time'}`;
}
