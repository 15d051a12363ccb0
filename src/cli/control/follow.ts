/** Following a log: bytes to standard output as they are written, until Ctrl-C or the end of the server. */

import { ConnectionProblem, HttpRefusal, type LogChannel, LogNotAvailable } from '../../client/control-client.ts';
import type { ControlContext } from './context.ts';
import { describeFailure } from './failure.ts';
import { untilInterrupted } from './interrupts.ts';
import { warnAboutEncoding } from './output-encoding.ts';

export interface FollowedLog {
  /** null = the daemon's own log. */
  readonly process: string | null;
  readonly channel: LogChannel;
}

/** `tail -f` and `maintail -f`: shows the log until Ctrl-C. Never changes the exit status. */
export async function followUntilInterrupted(context: ControlContext, log: FollowedLog): Promise<void> {
  warnAboutEncoding(context);
  context.output.line('==> Press Ctrl-C to exit <==');
  const outcome = await untilInterrupted(context.interrupts, (signal) => showLog(context, log, signal));
  if (outcome === 'interrupted') context.output.line('');
}

/** Shows a log until the signal aborts. What prevents it is told on standard error, as Supervisor does. */
export async function showLog(context: ControlContext, log: FollowedLog, signal: AbortSignal): Promise<void> {
  try {
    await context.server.followLog({
      ...log,
      onBytes: (bytes) => {
        if (!signal.aborted) context.output.raw(bytes);
      },
      onMissed: (count) => context.output.note(`hint: ${count} pieces of output were left out: they came too fast`),
      signal,
    });
  } catch (error) {
    if (signal.aborted) return;
    context.output.note(`${context.server.serverUrl}${httpPath(log)} ${describeRefusal(error)}`);
  }
}

/** The path Supervisor would ask for over HTTP; its messages show it. */
const httpPath = ({ process, channel }: FollowedLog): string =>
  process === null ? '/mainlogtail' : `/logtail/${process}/${channel}`;

function describeRefusal(error: unknown): string {
  if (error instanceof LogNotAvailable) return 'Cannot read, status code 404';
  if (error instanceof ConnectionProblem && error.kind === 'unauthorized') return 'Cannot read, status code 401';
  if (error instanceof HttpRefusal) return `Cannot read, status code ${error.status}`;
  const { className, text } = describeFailure(error);
  return `Cannot connect, error: <class '${className}'> (${text})`;
}
