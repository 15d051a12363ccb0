/**
 * The tree of notification types. An event listener asks for types by name; a type stands for everything below it, and
 * only the leaves are ever sent.
 */

/** Type → the type above it. Names are Supervisor's: they are written in configurations and sent to listeners. */
const parents = {
  EVENT: null,
  PROCESS_STATE: 'EVENT',
  PROCESS_STATE_STARTING: 'PROCESS_STATE',
  PROCESS_STATE_RUNNING: 'PROCESS_STATE',
  PROCESS_STATE_BACKOFF: 'PROCESS_STATE',
  PROCESS_STATE_STOPPING: 'PROCESS_STATE',
  PROCESS_STATE_EXITED: 'PROCESS_STATE',
  PROCESS_STATE_STOPPED: 'PROCESS_STATE',
  PROCESS_STATE_FATAL: 'PROCESS_STATE',
  PROCESS_STATE_UNKNOWN: 'PROCESS_STATE',
  PROCESS_COMMUNICATION: 'EVENT',
  PROCESS_COMMUNICATION_STDOUT: 'PROCESS_COMMUNICATION',
  PROCESS_COMMUNICATION_STDERR: 'PROCESS_COMMUNICATION',
  PROCESS_LOG: 'EVENT',
  PROCESS_LOG_STDOUT: 'PROCESS_LOG',
  PROCESS_LOG_STDERR: 'PROCESS_LOG',
  REMOTE_COMMUNICATION: 'EVENT',
  SUPERVISOR_STATE_CHANGE: 'EVENT',
  SUPERVISOR_STATE_CHANGE_RUNNING: 'SUPERVISOR_STATE_CHANGE',
  SUPERVISOR_STATE_CHANGE_STOPPING: 'SUPERVISOR_STATE_CHANGE',
  TICK: 'EVENT',
  TICK_5: 'TICK',
  TICK_60: 'TICK',
  TICK_3600: 'TICK',
  PROCESS_GROUP: 'EVENT',
  PROCESS_GROUP_ADDED: 'PROCESS_GROUP',
  PROCESS_GROUP_REMOVED: 'PROCESS_GROUP',
} as const satisfies Readonly<Record<string, string | null>>;

/** Every name a listener may ask for. */
export type EventTypeName = keyof typeof parents;

/** The names of events that are sent. */
export type EventType = Exclude<EventTypeName, Exclude<(typeof parents)[EventTypeName], null>>;

export const eventTypeNames: ReadonlySet<string> = new Set(Object.keys(parents));

/** The types that are sent, in the order of the tree. */
export const eventTypes: readonly EventType[] = Object.keys(parents).filter(isSent);

/** The types to be sent to whoever asked for `names`, each once, however often it is covered. Unknown names cover none. */
export function coveredTypes(names: Iterable<string>): ReadonlySet<EventType> {
  const wanted = new Set(names);
  return new Set(eventTypes.filter((type) => lineage(type).some((name) => wanted.has(name))));
}

/** The type itself and all types above it. */
function lineage(name: EventTypeName): readonly EventTypeName[] {
  const parent = parents[name];
  return parent === null ? [name] : [name, ...lineage(parent)];
}

function isSent(name: string): name is EventType {
  return !Object.values<string | null>(parents).includes(name);
}
