/**
 * What changes in the overview of all processes, gathered for one subscriber: states soon, everything else once an
 * interval. It costs nothing but its timer while nothing happens, and ends with its subscription.
 */

import type { ProcessOverview } from '../model/trace.ts';
import type { SupervisorControl } from './control.ts';

export interface OverviewChange {
  readonly processes: readonly ProcessOverview[];
  /** `group:name` each. */
  readonly removed: readonly string[];
}

export interface OverviewOptions {
  readonly intervalMs: number;
  /** What the subscriber knows. */
  readonly told: readonly ProcessOverview[];
  readonly onChange: (change: OverviewChange) => void;
}

type Observed = Pick<SupervisorControl, 'groups' | 'group' | 'onProcessChange' | 'onGroupsChange' | 'openUsageMeter'>;

/** Changes of state within so many milliseconds are told together. */
const gatherMs = 100;

/** After so many milliseconds there is something to say about CPU: nobody wants to wait an interval for that. */
const firstReadingMs = 500;

/** So many rows at most in one notification, for one that is dropped is lost as a whole. */
const mostRows = 500;

/** Begins at once. Returns the function that ends it. */
export function beginOverview(control: Observed, { intervalMs, told, onChange }: OverviewOptions): () => void {
  const known = new Map(told.map((row) => [keyOf(row), row]));
  const meter = control.openUsageMeter();
  let usage = meter.read(pidsOf(told));
  const dirty = new Map<string, { readonly group: string; readonly process: string }>();
  let gathering: NodeJS.Timeout | null = null;
  let groupsChanged = false;

  const everything = (): readonly ProcessOverview[] =>
    control.groups().flatMap((group) => group.processes().map((process) => process.overview()));
  const withUsage = (row: ProcessOverview): ProcessOverview => ({ ...row, usage: usage.get(row.pid) ?? null });

  const tell = (present: readonly ProcessOverview[], removed: readonly string[]): void => {
    const changed = present.filter((row) => !isSame(known.get(keyOf(row)), row));
    for (const row of changed) known.set(keyOf(row), row);
    for (const key of removed) known.delete(key);
    if (changed.length === 0 && removed.length === 0) return;
    onChange({ processes: changed.slice(0, mostRows), removed });
    for (let from = mostRows; from < changed.length; from += mostRows) {
      onChange({ processes: changed.slice(from, from + mostRows), removed: [] });
    }
  };
  const tellAll = (rows: readonly ProcessOverview[]): void => {
    const all = rows.map(withUsage);
    const keys = new Set(all.map(keyOf));
    tell(
      all,
      [...known.keys()].filter((key) => !keys.has(key)),
    );
  };

  const gather = (): void => {
    gathering ??= setTimeout(() => {
      gathering = null;
      const changed = [...dirty.values()];
      dirty.clear();
      if (groupsChanged) {
        groupsChanged = false;
        tellAll(everything());
        return;
      }
      const processes = changed.flatMap(({ group, process }) => control.group(group)?.process(process) ?? []);
      tell(
        processes.map((process) => withUsage(process.overview())),
        [],
      );
    }, gatherMs);
  };
  const endChanges = control.onProcessChange(({ group, process }) => {
    dirty.set(`${group}:${process}`, { group, process });
    gather();
  });
  const endGroups = control.onGroupsChange(() => {
    groupsChanged = true;
    gather();
  });

  const measure = (): void => {
    const rows = everything();
    usage = meter.read(pidsOf(rows));
    tellAll(rows);
    timer = setTimeout(measure, intervalMs);
  };
  let timer = setTimeout(measure, firstReadingMs);

  return () => {
    endChanges();
    endGroups();
    clearTimeout(timer);
    if (gathering !== null) clearTimeout(gathering);
  };
}

const keyOf = ({ group, name }: ProcessOverview): string => `${group}:${name}`;

const pidsOf = (rows: readonly ProcessOverview[]): readonly number[] =>
  rows.flatMap(({ pid }) => (pid === 0 ? [] : [pid]));

/** `description` follows from the rest and holds an uptime, which is another one each second. */
function isSame(before: ProcessOverview | undefined, now: ProcessOverview): boolean {
  if (before === undefined) return false;
  // A loop without copies: at each interval it looks at every row.
  for (const name of namesIn(now)) {
    if (name === 'description' || now[name] === before[name]) continue;
    if (name === 'usage' && isEqual(now.usage, before.usage)) continue;
    if (name === 'timer' && isEqual(now.timer, before.timer)) continue;
    return false;
  }
  return true;
}

const isEqual = <Fields extends object>(one: Fields | null, other: Fields | null): boolean =>
  one === null || other === null ? one === other : namesIn(one).every((name) => one[name] === other[name]);

const namesIn = <Fields extends object>(record: Fields) => Object.keys(record) as (keyof Fields)[];
