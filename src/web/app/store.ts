/**
 * What the page knows and what is looked at. Whoever shows some of it is told, once a frame however much has come, which
 * parts have changed.
 */

import type { Role } from '../../model/role.ts';
import type { Explanation, ProcessOverview, TraceRecord } from '../../model/trace.ts';
import { find, indexBehind, type PastProcess, processesAt } from './history.ts';
import type { LinkState } from './link.ts';
import { home, type Route } from './route.ts';

export type Topic = 'processes' | 'records' | 'link' | 'route' | 'moment' | 'filter' | 'cursor' | 'why';

/** A program as it is shown: as it is, or as it was at the moment that is looked at. */
export interface ShownProcess extends ProcessOverview {
  readonly key: string;
  /** Nothing is known of it at the moment that is looked at. */
  readonly isUnknown: boolean;
}

export interface Store {
  readonly processes: ReadonlyMap<string, ProcessOverview>;
  /** By their serials, in order. */
  readonly records: readonly TraceRecord[];
  /** null as long as it is not known whether the daemon keeps a trace. */
  readonly hasTrace: boolean | null;
  readonly link: LinkState;
  readonly role: Role | null;
  readonly route: Route;
  /** The record whose moment is looked at; null for the present. */
  readonly moment: TraceRecord | null;
  readonly filter: Filter;
  /** `group:name` of the row that keys act on; '' for none. */
  readonly cursor: string;
  readonly why: Explanation | null;
  /** Milliseconds that the daemon's clock is ahead of ours. */
  readonly clockLead: number;
  now(): number;
  shown(): readonly ShownProcess[];
  shownOne(key: string): ShownProcess | null;
  set(change: Partial<Settable>): void;
  replaceProcesses(rows: readonly ProcessOverview[]): void;
  changeProcesses(rows: readonly ProcessOverview[], removed: readonly string[]): void;
  addRecords(records: readonly TraceRecord[]): void;
  forgetRecords(): void;
  on(topics: readonly Topic[], listener: () => void): void;
  /** Tells everybody everything, as to those who have just begun to listen. */
  tellAll(): void;
}

export interface Filter {
  readonly text: string;
  /** Names of states; all if empty. */
  readonly states: ReadonlySet<string>;
}

interface Settable {
  readonly link: LinkState;
  readonly role: Role | null;
  readonly route: Route;
  readonly moment: TraceRecord | null;
  readonly filter: Filter;
  readonly cursor: string;
  readonly why: Explanation | null;
  readonly hasTrace: boolean | null;
  readonly clockLead: number;
}

const topicOf: Readonly<Record<keyof Settable, Topic>> = {
  link: 'link',
  role: 'link',
  route: 'route',
  moment: 'moment',
  filter: 'filter',
  cursor: 'cursor',
  why: 'why',
  hasTrace: 'records',
  clockLead: 'link',
};

/** As many as the daemon keeps by default; the page need not remember more. */
const mostRecords = 10_000;

export const keyOf = ({ group, name }: { readonly group: string; readonly name: string }): string => `${group}:${name}`;

export function createStore(): Store {
  const listeners: { readonly topics: ReadonlySet<Topic>; readonly listener: () => void }[] = [];
  const processes = new Map<string, ProcessOverview>();
  let records: TraceRecord[] = [];
  let dirty = new Set<Topic>();
  let past: { readonly serial: number; readonly states: ReadonlyMap<string, PastProcess> } | null = null;
  let settled: Settable = {
    link: { kind: 'connecting' },
    role: null,
    route: home,
    moment: null,
    filter: { text: '', states: new Set() },
    cursor: '',
    why: null,
    hasTrace: null,
    clockLead: 0,
  };

  function touch(topic: Topic): void {
    if (dirty.size === 0) requestAnimationFrame(tell);
    dirty.add(topic);
  }

  function tell(): void {
    const changed = dirty;
    dirty = new Set();
    for (const { topics, listener } of listeners) if ([...changed].some((topic) => topics.has(topic))) listener();
  }

  function statesOfMoment(): ReadonlyMap<string, PastProcess> | null {
    const { moment } = settled;
    if (moment === null) return null;
    if (past?.serial !== moment.serial) past = { serial: moment.serial, states: processesAt(records, moment.serial) };
    return past.states;
  }

  function show(key: string, row: ProcessOverview, then: ReadonlyMap<string, PastProcess> | null): ShownProcess {
    if (then === null) return { ...row, key, isUnknown: false };
    const state = then.get(key);
    const at = settled.moment?.at ?? 0;
    const rest = { key, timer: null, usage: null, restarts: 0, lastExit: '', why: '', description: '' };
    // Nothing has happened to it that was recorded: it was then as it is now, unless that began later.
    if (state === undefined && row.since <= at) return { ...row, ...rest, isUnknown: false };
    if (state === undefined) return { ...row, ...rest, since: 0, pid: 0, startedAt: 0, isUnknown: true };
    const startedAt = row.startedAt <= at ? row.startedAt : 0;
    return { ...row, ...rest, ...state, startedAt, isUnknown: false };
  }

  const store: Store = {
    processes,
    get records() {
      return records;
    },
    get hasTrace() {
      return settled.hasTrace;
    },
    get link() {
      return settled.link;
    },
    get role() {
      return settled.role;
    },
    get route() {
      return settled.route;
    },
    get moment() {
      return settled.moment;
    },
    get filter() {
      return settled.filter;
    },
    get cursor() {
      return settled.cursor;
    },
    get why() {
      return settled.why;
    },
    get clockLead() {
      return settled.clockLead;
    },
    now: () => settled.moment?.at ?? Date.now() + settled.clockLead,
    shown: () => {
      const then = statesOfMoment();
      return [...processes].map(([key, row]) => show(key, row, then));
    },
    shownOne: (key) => {
      const row = processes.get(key);
      return row === undefined ? null : show(key, row, statesOfMoment());
    },
    set: (change) => {
      settled = { ...settled, ...change };
      for (const key of Object.keys(change) as (keyof Settable)[]) touch(topicOf[key]);
    },
    replaceProcesses: (rows) => {
      processes.clear();
      for (const row of rows) processes.set(keyOf(row), row);
      touch('processes');
    },
    changeProcesses: (rows, removed) => {
      for (const row of rows) processes.set(keyOf(row), row);
      for (const key of removed) processes.delete(key);
      touch('processes');
    },
    addRecords: (added) => {
      const last = records.at(-1)?.serial ?? 0;
      const fresh = added.filter(({ serial }) => serial > last);
      records = [...records, ...fresh].slice(-mostRecords);
      // A request is told again when it is answered.
      for (const record of added) {
        const index = indexBehind(records, record.serial) - 1;
        if (records[index]?.serial === record.serial) records[index] = record;
      }
      past = null;
      const { moment } = settled;
      if (moment !== null && find(records, moment.serial) === null) store.set({ moment: null });
      touch('records');
    },
    forgetRecords: () => {
      records = [];
      past = null;
      if (settled.moment !== null) store.set({ moment: null });
      touch('records');
    },
    on: (topics, listener) => {
      listeners.push({ topics: new Set(topics), listener });
    },
    tellAll: () => {
      for (const topic of new Set(Object.values(topicOf))) touch(topic);
      touch('processes');
    },
  };
  return store;
}
