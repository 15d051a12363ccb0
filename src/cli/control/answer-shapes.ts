/**
 * What the actions take for granted about the answers of a server. One that answers otherwise – another program, or one
 * that means harm – is told from a defect of this command.
 */

type Shape = (answer: unknown) => boolean;

const isText: Shape = (value) => typeof value === 'string';
const isBytes: Shape = (value) => typeof value === 'string' || value instanceof Uint8Array;
/** Can be shown, whatever it is. */
const isPlain: Shape = (value) => value === null || (typeof value !== 'object' && typeof value !== 'function');

const listOf =
  (item: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(item);

const recordOf =
  (fields: Readonly<Record<string, Shape>>): Shape =>
  (value) => {
    if (typeof value !== 'object' || value === null) return false;
    const record = new Map<string, unknown>(Object.entries(value));
    return Object.entries(fields).every(([name, shape]) => shape(record.get(name)));
  };

const processInfo = recordOf({ group: isText, name: isText, statename: isText, description: isText, pid: isPlain });
const batch = listOf(recordOf({ group: isText, name: isText, status: isPlain, description: isText }));

const configInfo = recordOf({
  group: isText,
  name: isText,
  inuse: isPlain,
  autostart: isPlain,
  group_prio: isPlain,
  process_prio: isPlain,
});

const isChange: Shape = (value) => Array.isArray(value) && value.length === 3 && value.every(listOf(isText));
const isReload: Shape = (value) => Array.isArray(value) && value.length === 1 && isChange(value[0]);

/** Answers without a shape are not looked at. */
const shapes: ReadonlyMap<string, Shape> = new Map([
  ['clearAllProcessLogs', batch],
  ['getAllConfigInfo', listOf(configInfo)],
  ['getAllProcessInfo', listOf(processInfo)],
  ['getPID', isPlain],
  ['getProcessInfo', processInfo],
  ['getSupervisorVersion', isText],
  ['getVersion', isText],
  ['readLog', isBytes],
  ['readProcessStderrLog', isBytes],
  ['readProcessStdoutLog', isBytes],
  ['reloadConfig', isReload],
  ['signalAllProcesses', batch],
  ['signalProcessGroup', batch],
  ['startAllProcesses', batch],
  ['startProcessGroup', batch],
  ['stopAllProcesses', batch],
  ['stopProcessGroup', batch],
]);

/** Whether an action can go on with this answer. */
export const isUsable = (method: string, answer: unknown): boolean => shapes.get(method)?.(answer) ?? true;
