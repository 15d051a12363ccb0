/** The method by which a page or a terminal shows all processes as they are, and hears what changes. */

import { Fault } from '../model/errors.ts';
import { notifications } from '../protocol/messages.ts';
import { defineMethod } from './define-method.ts';
import type { Method } from './method.ts';
import { beginOverview } from './overview-feed.ts';
import { beginSubscription } from './session-subscriptions.ts';

/** Milliseconds. */
const shortestInterval = 1000;
const longestInterval = 3_600_000;

const overview = defineMethod({
  name: 'subscribe.overview',
  params: [
    {
      name: 'intervalMs',
      type: 'int',
      default: 2000,
      doc: `milliseconds between two readings of CPU and memory: ${shortestInterval} to ${longestInterval}`,
    },
  ],
  returns: {
    type: 'struct',
    doc:
      '`subscription` (int) and `processes`: an array of structs of `group`, `name`, `statename`, `state` (the innermost ' +
      'state of the machine), `since` (epoch milliseconds of the entry into `statename`; 0 if it never left the first ' +
      'one), `pid` (0 if none), `startedAt` (epoch milliseconds; 0 if never), `restarts`, `lastExit` (`exit status 1`; ' +
      "'' if it never ended), `usage` (nil, or a struct of `cpu`, 1 being one whole CPU, and `memory` in bytes, " +
      'descendants included), `timer` (nil, or a struct of `name`, `endsAt` and `lengthMs`), `why` (one sentence on the ' +
      'state) and `description`, that of `status`',
  },
  doc:
    'Subscribes to all that can be seen of every process. Notifications are `overview.changed` [subscription, struct of ' +
    '`processes`, rows as in the reply that have changed since the last one, and `removed`, names as `group:name`]: ' +
    'changes of state within 100 ms, and what CPU, memory, timers and sentences have become at each interval. A change of ' +
    '`description` alone is not told. What is used is measured only while somebody subscribes; the reply has no `usage` yet. ' +
    'After `missed`, subscribe again.',
  role: 'view',
  faults: ['BAD_ARGUMENTS', 'FAILED'],
  worksInShutdown: true,
  needsNotifications: true,
  run: ({ control, session }, intervalMs) => {
    if (intervalMs < shortestInterval || intervalMs > longestInterval) throw Fault.of('BAD_ARGUMENTS', intervalMs);
    const processes = control.groups().flatMap((group) => group.processes().map((process) => process.overview()));
    const subscription = beginSubscription(session, (number) =>
      beginOverview(control, {
        intervalMs,
        told: processes,
        onChange: (change) => session.notify?.(notifications.overviewChanged, [number, change]),
      }),
    );
    return { subscription, processes };
  },
});

export const overviewMethods: readonly Method[] = [overview];
