/** What can be asked about the pools of event listeners. Supervisor has no such methods. */

import { defineMethod } from './define-method.ts';
import type { Method } from './method.ts';

const pools = defineMethod({
  name: 'events.pools',
  params: [],
  returns: {
    type: 'array',
    doc:
      'a struct for each pool: `name`, `events` (array of the names it asked for), `buffer_size`, `buffered` (events that ' +
      'wait), `discarded` (events given up because too many waited, since the pool exists), `listeners` (array of structs ' +
      'of `name`, `state` (ACKNOWLEDGED, READY, BUSY or UNKNOWN) and `event` (serial of the event it works on, or −1))',
  },
  doc: 'Tells how the event listeners keep up, pool by pool in boot order.',
  role: 'view',
  faults: [],
  worksInShutdown: true,
  beyondSupervisor: true,
  run: ({ control }) =>
    control.eventPools().map(({ name, events, bufferSize, buffered, discarded, listeners }) => ({
      name,
      events,
      buffer_size: bufferSize,
      buffered,
      discarded,
      listeners: listeners.map((listener) => ({ ...listener, event: listener.event ?? -1 })),
    })),
});

export const eventMethods: readonly Method[] = [pools];
