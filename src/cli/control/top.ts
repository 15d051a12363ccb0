/** The action `top`, which Supervisor has not: all processes as they change, or once where there is no terminal. */

import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionProblem } from '../../client/control-client.ts';
import { notifications, subscriptionMethods } from '../../protocol/messages.ts';
import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { refuseArguments } from './help.ts';
import { untilInterrupted } from './interrupts.ts';
import { tellUnknown } from './own-method.ts';
import { paintFor } from './paint.ts';
import type { OpenScreen, Screen } from './terminal-screen.ts';
import { createExplainedRow } from './top/explained-row.ts';
import { drawTop, pageOf } from './top/picture.ts';
import { changedRows, firstRows, type TopRows } from './top/rows.ts';
import { formatTable } from './top/table.ts';
import { firstView, keysIn, shownRows, viewAfter } from './top/view.ts';

/** Milliseconds between two readings of CPU and memory. */
const intervalMs = 2000;

/** Uptimes go on between the readings. */
const redrawMs = 1000;

/** Changes that come together are drawn together. */
const gatherMs = 50;

const retryMs = 1000;

/** Until the first reading has come, for those who see only one table. */
const firstReadingMs = 700;

/** `top`. */
export async function top(context: ControlContext, argument: string): Promise<void> {
  if (argument !== '') return refuseArguments(context, 'top', 'Error: top accepts no arguments');
  if (!(await checkServer(context))) return;
  try {
    const { screen } = context;
    if (screen === null) await showOnce(context);
    else {
      // The shell's own reader must not hear the keys.
      await context.input.close();
      await showLive(context, screen);
    }
  } catch (error) {
    if (!tellUnknown(context, 'top', error)) throw error;
  }
}

async function showOnce(context: ControlContext): Promise<void> {
  let rows: TopRows = new Map();
  const end = new AbortController();
  await watch(context, end.signal, {
    onRows: (update) => {
      rows = update(rows);
    },
    onBegun: () => void pause(firstReadingMs).then(() => end.abort()),
    onMissed: () => {},
  });
  const table = formatTable([...rows.values()], { now: Date.now(), paint: paintFor(context), columns: null });
  for (const line of [table.heading, ...table.lines]) context.output.line(line);
}

/** Until `q` or Ctrl-C. A connection that is lost is made again. */
async function showLive(context: ControlContext, screen: Screen): Promise<void> {
  const paint = paintFor(context);
  const end = new AbortController();
  let rows: TopRows = new Map();
  let view = firstView;
  let problem = 'connecting';
  let drawing: NodeJS.Timeout | null = null;
  let open: OpenScreen | null = null;
  const explanation = createExplainedRow(context, () => drawSoon());

  const drawSoon = (): void => {
    drawing ??= setTimeout(() => {
      drawing = null;
      draw();
    }, gatherMs);
  };
  const draw = (): void => {
    if (open === null) return;
    const { columns, rows: height } = open;
    const all = [...rows.values()];
    const chosen = view.isExplaining ? shownRows(all, view)[view.chosen] : undefined;
    open.draw(
      drawTop({
        rows: all,
        view,
        columns,
        height,
        now: Date.now(),
        paint,
        problem,
        explanation: chosen === undefined ? [] : explanation.of(chosen),
      }),
    );
  };
  const onKeys = (typed: string): void => {
    for (const key of keysIn(typed)) {
      if (key.kind === 'suspend') open?.suspend();
      const count = shownRows([...rows.values()], view).length;
      const after = viewAfter(view, key, count, pageOf(open?.rows ?? 0));
      if (after === null) end.abort();
      else view = after;
    }
    draw();
  };
  const begin = (): void => {
    problem = '';
    open ??= screen.open({ onKeys, onResize: draw });
    drawSoon();
  };

  const ticking = setInterval(draw, redrawMs);
  try {
    await untilInterrupted(context.interrupts, async (interrupted) => {
      interrupted.addEventListener('abort', () => end.abort());
      while (!end.signal.aborted) {
        problem = await watchUntilLost(context, end, {
          onRows: (update) => {
            rows = update(rows);
            drawSoon();
          },
          onBegun: begin,
          isBegun: () => open !== null,
        });
        if (end.signal.aborted) return;
        draw();
        await pause(retryMs, undefined, { signal: end.signal }).catch(() => {});
      }
    });
  } finally {
    end.abort();
    clearInterval(ticking);
    if (drawing !== null) clearTimeout(drawing);
    // TypeScript does not see that `begin` has set it.
    (open as OpenScreen | null)?.close();
  }
}

interface Watcher {
  readonly onRows: (update: (rows: TopRows) => TopRows) => void;
  readonly onBegun: () => void;
}

/** Resolves with what has happened to the connection. Rejects when there was none to begin with. */
async function watchUntilLost(
  context: ControlContext,
  end: AbortController,
  watcher: Watcher & { readonly isBegun: () => boolean },
): Promise<string> {
  const round = new AbortController();
  const stop = (): void => round.abort();
  end.signal.addEventListener('abort', stop);
  try {
    // What was missed is told again by a new subscription.
    await watch(context, round.signal, { ...watcher, onMissed: stop });
    return 'connection lost, trying again';
  } catch (error) {
    if (!watcher.isBegun() || !(error instanceof ConnectionProblem)) throw error;
    return `connection lost (${error.message}), trying again`;
  } finally {
    end.signal.removeEventListener('abort', stop);
  }
}

function watch(
  context: ControlContext,
  signal: AbortSignal,
  { onRows, onBegun, onMissed }: Watcher & { readonly onMissed: () => void },
): Promise<void> {
  return context.server.subscribe({
    method: subscriptionMethods.overview,
    params: [intervalMs],
    onReply: (reply) => {
      onRows(() => firstRows(reply));
      onBegun();
    },
    onNotification: (method, [change]) => {
      if (method === notifications.overviewChanged) onRows((rows) => changedRows(rows, change));
    },
    onMissed,
    signal,
  });
}
