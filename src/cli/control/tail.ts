/** The actions `tail` and `maintail`: the end of a log, or the log as it grows. */

import type { LogChannel } from '../../client/control-client.ts';
import { Fault, faultCodes } from '../../model/errors.ts';
import { quoteText } from '../../model/python-text.ts';
import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { followUntilInterrupted } from './follow.ts';
import { refuseArguments } from './help.ts';
import { splitWords } from './line.ts';
import { warnAboutEncoding } from './output-encoding.ts';
import { ask } from './server-call.ts';

const defaultBytes = 1600;

const readRefusals: ReadonlyMap<number, string> = new Map([
  [faultCodes.NO_FILE, 'no log file'],
  [faultCodes.FAILED, 'unknown error reading log'],
]);

/** `tail [-f|-N] name [stdout|stderr]` */
export async function tail(context: ControlContext, argument: string): Promise<void> {
  if (!(await checkServer(context))) return;
  const words = splitWords(argument);
  if (words.length === 0) return refuseArguments(context, 'tail', 'Error: too few arguments');
  if (words.length > 3) return refuseArguments(context, 'tail', 'Error: too many arguments');
  const modifier = words[0]?.startsWith('-') ? words[0] : null;
  const operands = modifier === null ? words : words.slice(1);
  const [name] = operands;
  if (name === undefined) return refuse(context, 'Error: tail requires process name');
  const channelName = operands.length > 1 ? (operands.at(-1) ?? '').toLowerCase() : 'stdout';
  const channel = parseChannel(channelName);
  if (channel === null) return refuse(context, `Error: bad channel ${quoteText(channelName)}`);
  const extent = parseModifier(modifier);
  if (extent === null) return refuse(context, `Error: bad argument ${modifier}`);
  if (extent === 'follow') return followUntilInterrupted(context, { process: name, channel });
  warnAboutEncoding(context);
  const method = channel === 'stdout' ? 'readProcessStdoutLog' : 'readProcessStderrLog';
  await showEnd(context, name, [...readRefusals, [faultCodes.BAD_NAME, 'no such process name']], () =>
    ask(context, method, name, 0 - extent, 0),
  );
}

/** `maintail [-f|-N]` */
export async function maintail(context: ControlContext, argument: string): Promise<void> {
  if (!(await checkServer(context))) return;
  const words = splitWords(argument);
  if (words.length > 1) return refuseArguments(context, 'maintail', 'Error: too many arguments');
  const modifier = words[0] ?? null;
  const extent = modifier === null || modifier.startsWith('-') ? parseModifier(modifier) : null;
  if (extent === null) return refuse(context, `Error: bad argument ${modifier}`);
  if (extent === 'follow') return followUntilInterrupted(context, { process: null, channel: 'stdout' });
  await showEnd(context, 'supervisord', [...readRefusals], () => ask(context, 'readLog', 0 - extent, 0));
}

/** `-f`, or `-N` with N a number of bytes in Python's notation; null if it is neither. */
function parseModifier(modifier: string | null): number | 'follow' | null {
  if (modifier === null) return defaultBytes;
  if (modifier === '-f') return 'follow';
  const digits = modifier.slice(1);
  return /^[+-]?\d+(?:_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) : null;
}

const parseChannel = (name: string): LogChannel | null => (name === 'stdout' || name === 'stderr' ? name : null);

async function showEnd(
  context: ControlContext,
  name: string,
  refusals: readonly (readonly [number, string])[],
  read: () => Promise<string | Uint8Array>,
): Promise<void> {
  try {
    context.output.raw(await read());
    context.output.line('');
  } catch (error) {
    const reason = error instanceof Fault ? new Map(refusals).get(error.code) : undefined;
    if (reason === undefined) throw error;
    refuse(context, `${name}: ERROR (${reason})`);
  }
}

function refuse(context: ControlContext, line: string): void {
  context.output.line(line);
  context.exitStatus = exitStatuses.generic;
}
