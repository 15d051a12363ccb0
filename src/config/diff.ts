/** How the groups of a new reading differ from the active ones: what `reread` reports and `update` acts on. */

import type { GroupSpec, OutputSpec, ProcessSpec } from '../model/program-spec.ts';

export interface GroupDifferences {
  /** In the order of the new configuration. */
  readonly added: readonly string[];
  /** In the order of the new configuration. */
  readonly changed: readonly string[];
  /** In the order of the active groups. */
  readonly removed: readonly string[];
}

/** Groups are matched by name. */
export function compareGroups(active: readonly GroupSpec[], configured: readonly GroupSpec[]): GroupDifferences {
  const activeByName = new Map(active.map((group) => [group.name, group]));
  const configuredNames = new Set(configured.map(({ name }) => name));
  const isChanged = (group: GroupSpec): boolean => {
    const before = activeByName.get(group.name);
    return before !== undefined && !isSameGroup(before, group);
  };
  return {
    added: configured.filter(({ name }) => !activeByName.has(name)).map(({ name }) => name),
    changed: configured.filter(isChanged).map(({ name }) => name),
    removed: active.filter(({ name }) => !configuredNames.has(name)).map(({ name }) => name),
  };
}

/**
 * What Supervisor compares: of an fcgi socket the address alone. Where a section is written, and whether a program
 * stands alone or is the only member of a group, makes no difference.
 */
export function isSameGroup(left: GroupSpec, right: GroupSpec): boolean {
  return (
    behaviourOf(left) === behaviourOf(right) &&
    left.name === right.name &&
    left.priority === right.priority &&
    left.socket?.url === right.socket?.url &&
    isSamePool(left.pool, right.pool) &&
    left.processes.length === right.processes.length &&
    left.processes.every((process, index) => isSameProcess(process, right.processes[index]))
  );
}

const behaviourOf = ({ kind }: GroupSpec): string =>
  kind === 'homogeneous' || kind === 'heterogeneous' ? 'group' : kind;

function isSamePool(left: GroupSpec['pool'], right: GroupSpec['pool']): boolean {
  if (left === undefined || right === undefined) return left === right;
  return (
    left.bufferSize === right.bufferSize &&
    left.resultHandler === right.resultHandler &&
    left.lengthUnit === right.lengthUnit &&
    left.events.length === right.events.length &&
    left.events.every((event) => right.events.includes(event))
  );
}

function isSameProcess(left: ProcessSpec, right: ProcessSpec | undefined): boolean {
  return right !== undefined && settings(left, right) === settings(right, left);
}

/** Everything that counts, as text. A generated log on either side matches any log. */
function settings(process: ProcessSpec, other: ProcessSpec): string {
  return JSON.stringify([
    process.name,
    process.user?.uid ?? null,
    process.command,
    process.directory,
    process.umask,
    process.priority,
    process.autostart,
    process.autorestart,
    process.startMs,
    process.startRetries,
    outputSettings(process.stdout, other.stdout),
    outputSettings(process.stderr, other.stderr),
    process.stopSignal.number,
    process.stopWaitMs,
    process.stopAsGroup,
    process.killAsGroup,
    process.exitCodes,
    process.exitOn,
    process.killTree,
    process.redirectStderr,
    Object.entries(process.environment).sort(),
    process.serverUrl,
    process.socket?.url ?? null,
  ]);
}

function outputSettings(output: OutputSpec, other: OutputSpec): readonly unknown[] {
  const isGenerated = output.logfile.kind === 'auto' || other.logfile.kind === 'auto';
  const path = output.logfile.kind === 'file' ? output.logfile.path : null;
  return [
    isGenerated ? 'auto' : path,
    output.maxBytes,
    output.backups,
    output.captureMaxBytes,
    output.eventsEnabled,
    output.syslog,
  ];
}
