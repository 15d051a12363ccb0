/** The action `chart`, which Supervisor has not: the statechart of a machine, with the state that a process is in. */

import { findState } from '../../charts/chart-reading.ts';
import type { Chart } from '../../model/chart.ts';
import { readCharts } from '../charts-file.ts';
import { parseChartRequest } from './chart-request.ts';
import { checkServer } from './check-server.ts';
import type { ControlContext } from './context.ts';
import { exitStatuses } from './exit-statuses.ts';
import { refuseArguments } from './help.ts';
import { paintFor } from './paint.ts';
import { presentState } from './present-state.ts';

/** The same everywhere, so that what is piped is what was seen. */
const columns = 100;

/** `chart`: the machine of processes; `chart name`: with its present state; `--machine` and `--format` choose others. */
export async function chart(context: ControlContext, argument: string): Promise<void> {
  // Other actions shall not wait for what only this one needs.
  const { chartFormats } = await import('../../charts/formats/formats.ts');
  const charts = readCharts();
  const request = parseChartRequest(argument, {
    machines: charts.map(({ machine }) => machine),
    formats: [...chartFormats.keys()],
  });
  if (request.kind === 'refused') {
    refuseArguments(context, 'chart', `Error: ${request.reason}`, exitStatuses.invalidArguments);
    return;
  }
  const { name, machine, format } = request;
  const chosen = charts.find((one) => one.machine === machine);
  const render = chartFormats.get(format);
  if (chosen === undefined || render === undefined) return;
  const active = name === null ? null : await locate(context, chosen, name);
  if (name !== null && active === null) return;
  const { strong } = paintFor(context);
  context.output.raw(render(chosen, { active, columns, emphasize: strong }));
}

/** Path of the state; null when there is none, which has been told then. */
async function locate(context: ControlContext, chosen: Chart, name: string): Promise<string | null> {
  if (!(await checkServer(context))) return null;
  const state = await presentState(context, chosen.machine, name);
  if (state === null) {
    context.output.line(`${name}: ERROR (no such ${chosen.machine})`);
    context.exitStatus = exitStatuses.generic;
    return null;
  }
  return findState(chosen, state) ?? '';
}
