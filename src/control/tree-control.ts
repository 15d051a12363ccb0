/** The actor tree as the control methods see it. It keeps nothing of its own but the configuration as last read. */

import type { ActorRefFrom } from 'xstate';
import { supervisorState } from '../../machines/selectors.ts';
import type { GroupRef, supervisorMachine } from '../../machines/supervisor.machine.ts';
import type { ActiveGroup, ActiveProcess, SupervisorControl } from '../commands/control.ts';
import type { GroupSpec, SupervisorSpec } from '../model/program-spec.ts';
import { createUsageMeter } from '../os/process-usage.ts';
import { createActiveProcess } from './active-process.ts';
import type { ControlPorts } from './control-ports.ts';

export function createTreeControl(
  root: ActorRefFrom<typeof supervisorMachine>,
  initial: SupervisorSpec,
  ports: ControlPorts,
): SupervisorControl {
  let latest = initial;
  const wrappers = new WeakMap<GroupRef, ActiveGroup>();
  const wrap = (ref: GroupRef): ActiveGroup => {
    const known = wrappers.get(ref);
    if (known !== undefined) return known;
    const made = createActiveGroup(ref, ports);
    wrappers.set(ref, made);
    return made;
  };
  const groupListeners = new Set<() => void>();
  const sendGroups = (event: { type: 'group.add'; spec: GroupSpec } | { type: 'group.remove'; name: string }): void => {
    root.send(event);
    for (const listener of [...groupListeners]) listener();
  };
  const groupRefs = (): ReadonlyMap<string, GroupRef> => root.getSnapshot().context.groups;
  let listed: { readonly of: ReadonlyMap<string, GroupRef>; readonly groups: readonly ActiveGroup[] } | null = null;
  /** The same array as long as none is added or removed. */
  const listGroups = (): readonly ActiveGroup[] => {
    const of = groupRefs();
    if (listed?.of !== of) listed = { of, groups: [...of.values()].map(wrap) };
    return listed.groups;
  };

  return {
    get identifier() {
      return latest.daemon.identifier;
    },
    pid: process.pid,
    productVersion: ports.productVersion,
    instance: ports.instance,
    upgrade: ports.upgrade,
    now: () => ports.os.clock.now(),
    state: () => supervisorState(root.getSnapshot()),
    groups: listGroups,
    group: (name) => {
      const ref = groupRefs().get(name);
      return ref && wrap(ref);
    },
    configuredGroups: () => latest.groups,
    reread: () => {
      latest = ports.readConfiguration();
      const active = [...groupRefs().values()].map((ref) => ref.getSnapshot().context.spec);
      return ports.compareGroups(active, latest.groups);
    },
    activate: (spec) => {
      ports.logs.prepare(spec);
      sendGroups({ type: 'group.add', spec });
    },
    deactivate: (name) => sendGroups({ type: 'group.remove', name }),
    shutdown: () => root.send({ type: 'supervisor.shutdown' }),
    restart: () => {
      // A file with mistakes must not take the running programs down: refused before anything stops.
      ports.readConfiguration();
      root.send({ type: 'supervisor.restart' });
    },
    raiseRemoteEvent: ports.events.remote,
    eventPools: ports.events.pools,
    mainLog: ports.mainLog,
    log: ports.log,
    trace: ports.trace,
    onProcessChange: (listener) => ports.changes.onAny(listener),
    onGroupsChange: (listener) => {
      groupListeners.add(listener);
      return () => groupListeners.delete(listener);
    },
    openUsageMeter: () => createUsageMeter(() => ports.os.clock.steady()),
  };
}

function createActiveGroup(ref: GroupRef, ports: ControlPorts): ActiveGroup {
  const { spec, processes } = ref.getSnapshot().context;
  const active: ReadonlyMap<string, ActiveProcess> = new Map(
    [...processes].map(([name, process]) => [name, createActiveProcess(process, ports)]),
  );
  const listed = [...active.values()];
  return {
    name: spec.name,
    spec,
    processes: () => listed,
    process: (name) => active.get(name),
  };
}
