/**
 * Methods that have the daemon notify a client: of state changes, and of the bytes of a log as they are written. A
 * subscription belongs to its connection, is numbered there, and ends with it.
 */

import { endOf, readFrom } from '../logging/log-position.ts';
import { largestSliceBytes, lastBytes } from '../logging/read-log.ts';
import { Fault } from '../model/errors.ts';
import { notifications } from '../protocol/messages.ts';
import type { LogAccess } from './control.ts';
import { type Caller, defineMethod } from './define-method.ts';
import type { Method, Parameter, Session } from './method.ts';
import { processName } from './parameters.ts';
import { findProcess } from './process-lookup.ts';
import { beginSubscription, endSubscription } from './session-subscriptions.ts';

const largestTailBytes = 1024 * 1024;

/** Bounds one notification, so that a long tail is not dropped as a whole on a slow connection. */
const chunkBytes = 64 * 1024;

const tailBytes = {
  name: 'tailBytes',
  type: 'int',
  default: 1024,
  doc: `how many bytes to send from the end of what was written before: 0 to ${largestTailBytes}`,
} as const satisfies Parameter;

const from = {
  name: 'from',
  type: 'string',
  default: '',
  doc: 'a place that `log.place` has told: what was written since then comes first, in place of the last bytes',
} as const satisfies Parameter;

const feedResult = { type: 'struct', doc: '`subscription` (int) and `path` of the log file' } as const;

const feedRule =
  'Notifications are `log.bytes` [subscription, bytes]: first the end of the file, then what is written from now on, in ' +
  'order, without gap or repetition, across rotation and clearing. Before an upgrade of the server `log.place` ' +
  '[subscription, string] tells from where to go on.';

const processes = defineMethod({
  name: 'subscribe.processes',
  params: [],
  returns: { type: 'struct', doc: '`subscription` (int)' },
  doc:
    'Subscribes to every change of state of every process. Notifications are `process.changed` [subscription, struct of ' +
    '`group`, `process`, `from`, `to`, `pid` (0 if none), `at` (epoch milliseconds)].',
  role: 'view',
  faults: ['FAILED'],
  worksInShutdown: true,
  needsNotifications: true,
  run: ({ control, session }) => ({
    subscription: beginSubscription(session, (subscription) =>
      control.onProcessChange(({ group, process, from, to, pid, at }) =>
        session.notify?.(notifications.processChanged, [subscription, { group, process, from, to, pid, at }]),
      ),
    ),
  }),
});

const log = defineMethod({
  name: 'subscribe.log',
  params: [
    processName,
    { name: 'channel', type: 'string', default: 'stdout', doc: '`stdout` or `stderr`' },
    tailBytes,
    from,
  ],
  returns: feedResult,
  doc: `Subscribes to the log of a process. ${feedRule}`,
  role: 'view',
  faults: ['BAD_NAME', 'BAD_ARGUMENTS', 'NO_FILE', 'FAILED'],
  worksInShutdown: true,
  needsNotifications: true,
  run: (caller, name, channel, bytes, place) => {
    const process = findProcess(caller.control, name);
    if (channel !== 'stdout' && channel !== 'stderr') throw Fault.of('BAD_ARGUMENTS', channel);
    return follow(caller, process[channel], bytes, place);
  },
});

const mainLog = defineMethod({
  name: 'subscribe.mainLog',
  params: [tailBytes, from],
  returns: feedResult,
  doc: `Subscribes to the daemon's own log. ${feedRule}`,
  role: 'view',
  faults: ['BAD_ARGUMENTS', 'NO_FILE', 'FAILED'],
  worksInShutdown: true,
  needsNotifications: true,
  run: (caller, bytes, place) => follow(caller, caller.control.mainLog, bytes, place),
});

const end = defineMethod({
  name: 'subscribe.end',
  params: [{ name: 'subscription', type: 'int', doc: 'number of the subscription' }],
  returns: { type: 'boolean', doc: 'true; nothing is sent for it any more' },
  doc: 'Ends a subscription of this connection.',
  role: 'view',
  faults: ['BAD_NAME'],
  worksInShutdown: true,
  needsNotifications: true,
  run: ({ session }, subscription) => {
    if (!endSubscription(session, subscription)) throw Fault.of('BAD_NAME', subscription);
    return true;
  },
});

export const subscriptionMethods: readonly Method[] = [processes, log, mainLog, end];

/** Reads the file and begins to listen in one turn, so that nothing is missing or doubled between the two. */
function follow({ session }: Caller, access: LogAccess, tail: number, place: string) {
  if (tail < 0 || tail > largestTailBytes) throw Fault.of('BAD_ARGUMENTS', tail);
  const { path } = access;
  if (path === null) throw Fault.of('NO_FILE');
  const since = place === '' ? null : readFrom(path, place, largestSliceBytes);
  if (place !== '' && since === null) throw Fault.of('BAD_ARGUMENTS', place);
  const before = since ?? lastBytes(path, tail);
  if (before === null) throw Fault.of('NO_FILE', path);
  const subscription = beginSubscription(session, (number) => {
    const send = (bytes: Uint8Array) => sendBytes(session, number, bytes);
    send(before);
    const end = access.onBytes(send);
    const forget = session.onHandover?.(() => {
      const reached = endOf(path);
      if (reached !== null) session.notify?.(notifications.logPlace, [number, reached]);
    });
    return () => {
      end();
      forget?.();
    };
  });
  return { subscription, path };
}

function sendBytes(session: Session, subscription: number, bytes: Uint8Array): void {
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    session.notify?.(notifications.logBytes, [subscription, bytes.subarray(start, start + chunkBytes)]);
  }
}
