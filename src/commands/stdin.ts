/** Methods that hand data to programs: to one's standard input, or to those that listen for remote events. */

import { Fault } from '../model/errors.ts';
import { defineMethod } from './define-method.ts';
import type { Method } from './method.ts';
import { alwaysTrue, processName } from './parameters.ts';
import { findProcess } from './process-lookup.ts';

const sendProcessStdin = defineMethod({
  name: 'supervisor.sendProcessStdin',
  params: [processName, { name: 'chars', type: 'string', secret: true, doc: 'text, sent as UTF-8' }],
  returns: alwaysTrue,
  doc: 'Writes text to the standard input of a running process.',
  role: 'operate',
  faults: ['BAD_NAME', 'NOT_RUNNING', 'NO_FILE'],
  run: ({ control }, name, chars) => {
    const process = findProcess(control, name);
    // A process that is being stopped still has a pid, but is asked for nothing more.
    if (process.info().pid === 0 || process.state() === 'STOPPING') throw Fault.of('NOT_RUNNING', name);
    const outcome = process.writeStdin(new TextEncoder().encode(chars));
    if (outcome === 'not-running') throw Fault.of('NOT_RUNNING', name);
    if (outcome === 'closed') throw Fault.of('NO_FILE', name);
    return true;
  },
});

const sendRemoteCommEvent = defineMethod({
  name: 'supervisor.sendRemoteCommEvent',
  params: [
    { name: 'type', type: 'string', acceptsScalar: true, doc: 'the `type` in the header of the event' },
    { name: 'data', type: 'string', acceptsScalar: true, secret: true, doc: 'the body of the event' },
  ],
  returns: alwaysTrue,
  doc: 'Sends a REMOTE_COMMUNICATION event to the event listeners that subscribed to it; without any, to nobody.',
  role: 'operate',
  faults: [],
  worksInShutdown: true,
  run: ({ control }, type, data) => {
    control.raiseRemoteEvent(type, data);
    return true;
  },
});

export const stdinMethods: readonly Method[] = [sendProcessStdin, sendRemoteCommEvent];
