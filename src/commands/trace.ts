/** The methods that tell what happened, what came of it and what it came from. Supervisor has no such methods. */

import { Fault } from '../model/errors.ts';
import { parseProcessName } from '../model/process-name.ts';
import type { TraceRecord, TreeNode } from '../model/trace.ts';
import { notifications } from '../protocol/messages.ts';
import type { SupervisorControl } from './control.ts';
import { defineMethod } from './define-method.ts';
import type { Method, Parameter } from './method.ts';
import { processName } from './parameters.ts';
import { findProcess } from './process-lookup.ts';
import { beginSubscription } from './session-subscriptions.ts';
import { beginTraceFeed } from './trace-feed.ts';

const mostRecords = 10_000;

const tracedName = {
  name: 'name',
  type: 'string',
  default: '',
  doc: "process name, `group:name`, `group:*` for the whole group, or '' for everything",
} as const satisfies Parameter;

const recordDoc =
  '`serial` (counts the records since the daemon was started), `at` (epoch milliseconds), `cause` (serial of the record it ' +
  'follows from; 0 if it came by itself), `actor` (request, supervisor, group, process, child, pool or listener), `of` ' +
  '(`group:process` or the group), `event`, `outcome` (taken, ignored, refused or noted), `from` and `to` (the innermost ' +
  'states), `via` (states passed in between), `guards` (array of structs of `name`, `held` and `values`), `facts` (struct), ' +
  '`written` (nil, or bytes of `stdout` and `stderr` that had been logged by then)';

const read = defineMethod({
  name: 'trace.read',
  params: [
    tracedName,
    { name: 'since', type: 'int', default: 0, doc: 'only records with a higher serial' },
    { name: 'limit', type: 'int', default: 1000, doc: `the latest so many: 1 to ${mostRecords}` },
  ],
  returns: {
    type: 'struct',
    doc:
      '`version` of these shapes, `first` and `last` (serials of the oldest and the latest record that is kept; 0 if none) ' +
      `and \`records\`, an array of structs of ${recordDoc}`,
  },
  doc:
    'Tells what happened, the oldest first: events that reached a state machine, requests, and signals sent. With a name, ' +
    'also the records those follow from.',
  role: 'view',
  faults: ['BAD_NAME', 'BAD_ARGUMENTS'],
  worksInShutdown: true,
  beyondSupervisor: true,
  run: ({ control }, name, since, limit) => {
    if (limit < 1 || limit > mostRecords) throw Fault.of('BAD_ARGUMENTS', limit);
    if (since < 0) throw Fault.of('BAD_ARGUMENTS', since);
    const { records, ...rest } = control.trace.read({ of: subjectOf(control, name), since, limit });
    return { ...rest, records: records.map(recordStruct) };
  },
});

const tree = defineMethod({
  name: 'trace.tree',
  params: [],
  returns: {
    type: 'struct',
    doc:
      'the root: `actor` (as in records, or output), `of`, `state` (the innermost one), `since` (epoch milliseconds; 0 if ' +
      'not known), `waitsFor` (words), `timers` (array of structs of `name`, `endsAt` and `lengthMs`) and `children`, an ' +
      'array of the same',
  },
  doc: 'Tells which actors there are now, in which states, and what they wait for.',
  role: 'view',
  faults: [],
  worksInShutdown: true,
  beyondSupervisor: true,
  run: ({ control }) => nodeStruct(control.trace.tree()),
});

const output = defineMethod({
  name: 'trace.output',
  params: [
    processName,
    { name: 'channel', type: 'string', doc: '`stdout` or `stderr`' },
    { name: 'from', type: 'int', doc: 'count of that channel in `written` of a record' },
    { name: 'to', type: 'int', doc: 'the same of a later record' },
  ],
  returns: {
    type: 'struct',
    doc:
      '`available` (false when it was rotated away or cleared, or the file is shared), `from` and `to` (counts; of a long ' +
      'output only the end is answered) and `bytes`',
  },
  doc: 'Tells what was logged of a process between two moments of the trace.',
  role: 'view',
  faults: ['BAD_NAME', 'BAD_ARGUMENTS'],
  worksInShutdown: true,
  beyondSupervisor: true,
  run: ({ control }, name, channel, from, to) => {
    const process = findProcess(control, name);
    if (channel !== 'stdout' && channel !== 'stderr') throw Fault.of('BAD_ARGUMENTS', channel);
    if (from < 0 || to < from) throw Fault.of('BAD_ARGUMENTS', to);
    return { ...process.pastOutput(channel, from, to) };
  },
});

const follow = defineMethod({
  name: 'subscribe.trace',
  params: [tracedName, { name: 'since', type: 'int', default: 0, doc: 'only records with a higher serial' }],
  returns: {
    type: 'struct',
    doc: '`subscription` (int), `version`, and `first` and `last` as of `trace.read`',
  },
  doc:
    'Subscribes to the trace. Notifications are `trace.records` [subscription, array of records as of `trace.read`]: first ' +
    'those that are kept, then what happens, at most 20 a second. With a name also the records those follow from. A request ' +
    'is told once more when it is answered: the later record of the same serial counts. After `missed`, read again.',
  role: 'view',
  faults: ['BAD_NAME', 'BAD_ARGUMENTS', 'FAILED'],
  worksInShutdown: true,
  needsNotifications: true,
  run: ({ control, session }, name, since) => {
    if (since < 0) throw Fault.of('BAD_ARGUMENTS', since);
    const of = subjectOf(control, name);
    const { version, first, last } = control.trace.read({ of: '', since, limit: 1 });
    const subscription = beginSubscription(session, (number) =>
      beginTraceFeed(control.trace, {
        of,
        since,
        onRecords: (records) => session.notify?.(notifications.traceRecords, [number, records.map(recordStruct)]),
      }),
    );
    return { subscription, version, first, last };
  },
});

export const traceMethods: readonly Method[] = [follow, read, tree, output];

/** As `TraceQuery.of`. What is gone may still be in the trace. */
function subjectOf(control: SupervisorControl, text: string): string {
  if (text === '') return '';
  const { group, process } = parseProcessName(text);
  const of = process === null ? group : `${group}:${process}`;
  const found = control.group(group);
  if (found !== undefined && (process === null || found.process(process) !== undefined)) return of;
  if (control.trace.read({ of, since: 0, limit: 1 }).records.length > 0) return of;
  throw Fault.of('BAD_NAME', text);
}

const recordStruct = ({ via, guards, facts, written, ...rest }: TraceRecord): object => ({
  ...rest,
  via: [...via],
  guards: guards.map((guard) => ({ ...guard })),
  facts: { ...facts },
  written: written && { ...written },
});

const nodeStruct = ({ timers, children, ...rest }: TreeNode): object => ({
  ...rest,
  timers: timers.map((timer) => ({ ...timer })),
  children: children.map(nodeStruct),
});
