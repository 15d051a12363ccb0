/**
 * What the links of the status page do. Each action calls the control methods that a client would call, waits for their
 * end, and answers with the sentence that Supervisor shows.
 */

import type { SupervisorControl } from '../commands/control.ts';
import { Fault, faultCodes } from '../model/errors.ts';
import { parseProcessName } from '../model/process-name.ts';
import { calendarTime } from './calendar-time.ts';

export interface ActionContext {
  readonly control: SupervisorControl;
  /** Calls a control method for whoever asked for the page. */
  readonly call: (method: string, ...params: readonly unknown[]) => Promise<unknown>;
}

/** Every action and the methods it calls. */
export const actionMethods: ReadonlyMap<string, readonly string[]> = new Map([
  ['refresh', []],
  ['stopall', ['supervisor.stopAllProcesses']],
  ['restartall', ['supervisor.stopAllProcesses', 'supervisor.startAllProcesses']],
  ['start', ['supervisor.startProcess']],
  ['stop', ['supervisor.stopProcess']],
  ['restart', ['supervisor.stopProcess', 'supervisor.startProcess']],
  ['clearlog', ['supervisor.clearProcessLogs']],
]);

/**
 * The sentence to show; null for an action that does not exist. Rejects with the fault of an action on all processes.
 * @param name As in the link; undefined when it has none.
 */
export async function runAction(
  context: ActionContext,
  action: string,
  name: string | undefined,
): Promise<string | null> {
  switch (action) {
    case 'refresh':
      return `Page refreshed at ${timeOf(context)}`;
    case 'stopall':
      await context.call('supervisor.stopAllProcesses');
      return `All stopped at ${timeOf(context)}`;
    case 'restartall':
      await callInTurn(context, [
        { methodName: 'supervisor.stopAllProcesses' },
        { methodName: 'supervisor.startAllProcesses' },
      ]);
      return `All restarted at ${timeOf(context)}`;
    default:
      return name === undefined ? null : await runOnProcess(context, action, name);
  }
}

async function runOnProcess(context: ActionContext, action: string, name: string): Promise<string | null> {
  if (!exists(context.control, name)) return `No such process named ${name}`;
  switch (action) {
    case 'start':
      return await start(context, name);
    case 'stop':
      return await outcomeOf(context.call('supervisor.stopProcess', name), `Process ${name} stopped`, unexpected);
    case 'restart':
      // Whether it started again is for the table to say (as Supervisor).
      await callInTurn(context, [
        { methodName: 'supervisor.stopProcess', params: [name] },
        { methodName: 'supervisor.startProcess', params: [name] },
      ]);
      return `Process ${name} restarted`;
    case 'clearlog':
      return await outcomeOf(context.call('supervisor.clearProcessLogs', name), `Log for ${name} cleared`, unexpected);
    default:
      return null;
  }
}

/** The forms that mean a whole group name no process. */
function exists(control: SupervisorControl, text: string): boolean {
  const { group, process } = parseProcessName(text);
  return process !== null && control.group(group)?.process(process) !== undefined;
}

const start = (context: ActionContext, name: string): Promise<string> =>
  outcomeOf(
    context.call('supervisor.startProcess', name),
    `Process ${name} started`,
    (fault) => `ERROR: Process ${name}: ${startProblems.get(fault.code) ?? unexpected(fault)}`,
  );

const startProblems: ReadonlyMap<number, string> = new Map([
  [faultCodes.NO_FILE, 'no such file'],
  [faultCodes.NOT_EXECUTABLE, 'file not executable'],
  [faultCodes.ALREADY_STARTED, 'already started'],
  [faultCodes.SPAWN_ERROR, 'spawn error'],
  [faultCodes.ABNORMAL_TERMINATION, 'abnormal termination'],
]);

/** What Supervisor's pages say of a fault for which they have no words of their own. */
export const unexpected = (fault: Fault): string => `unexpected rpc fault [${fault.code}] ${fault.text}`;

async function outcomeOf(call: Promise<unknown>, done: string, describe: (fault: Fault) => string): Promise<string> {
  try {
    await call;
    return done;
  } catch (error) {
    if (error instanceof Fault) return describe(error);
    throw error;
  }
}

interface Step {
  readonly methodName: string;
  readonly params?: readonly unknown[];
}

/** One after the other, whatever becomes of each. */
const callInTurn = (context: ActionContext, steps: readonly Step[]): Promise<unknown> =>
  context.call('system.multicall', steps);

const timeOf = ({ control }: ActionContext): string => calendarTime(control.now());
