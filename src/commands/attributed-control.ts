/** The supervisor as one request sees it: what it is told to do is known to follow from that request, however late. */

import type { ActiveGroup, ActiveProcess, SupervisorControl } from './control.ts';
import type { NotedRequest } from './trace-control.ts';

export function attributed(control: SupervisorControl, request: NotedRequest): SupervisorControl {
  const processes = new WeakMap<ActiveProcess, ActiveProcess>();
  const groups = new WeakMap<ActiveGroup, ActiveGroup>();
  const ofProcess = (process: ActiveProcess): ActiveProcess =>
    once(processes, process, () =>
      overlaid(process, {
        start: () => request.within(() => process.start()),
        stop: () => request.within(() => process.stop()),
        signal: (signal) => request.within(() => process.signal(signal)),
        writeStdin: (bytes) => request.within(() => process.writeStdin(bytes)),
      }),
    );
  const ofGroup = (group: ActiveGroup): ActiveGroup =>
    once(groups, group, () =>
      overlaid(group, {
        processes: () => group.processes().map(ofProcess),
        process: (name) => {
          const process = group.process(name);
          return process && ofProcess(process);
        },
      }),
    );
  return overlaid(control, {
    groups: () => control.groups().map(ofGroup),
    group: (name) => {
      const group = control.group(name);
      return group && ofGroup(group);
    },
    activate: (spec) => request.within(() => control.activate(spec)),
    deactivate: (name) => request.within(() => control.deactivate(name)),
    shutdown: () => request.within(() => control.shutdown()),
    restart: () => request.within(() => control.restart()),
    raiseRemoteEvent: (type, data) => request.within(() => control.raiseRemoteEvent(type, data)),
  });
}

function once<Key extends object>(known: WeakMap<Key, Key>, key: Key, create: () => Key): Key {
  const found = known.get(key) ?? create();
  known.set(key, found);
  return found;
}

/** The same object with some of its functions replaced; all others are called on the object itself. */
const overlaid = <Subject extends object>(subject: Subject, replaced: Partial<Subject>): Subject =>
  new Proxy(subject, {
    get: (_, key) => {
      const replacement: unknown = Reflect.get(replaced, key);
      if (replacement !== undefined) return replacement;
      const value: unknown = Reflect.get(subject, key, subject);
      return typeof value === 'function' ? value.bind(subject) : value;
    },
  });
