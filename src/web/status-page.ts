/** The status page: how many processes are in which state, and the table with a row for each. Pure. */

import type { ProcessInfo } from '../model/process-info.ts';
import type { ProcessState } from '../model/process-state.ts';
import { type Origin, renderDocument, renderOrigin } from './document.ts';
import { html, type Markup } from './html.ts';
import { type Allows, renderRow, stateClass } from './process-row.ts';

export interface StatusPage {
  /** In the order of the rows. */
  readonly processes: readonly ProcessInfo[];
  /** What the last action said. */
  readonly message: string | null;
  readonly allows: Allows;
  readonly origin: Origin;
}

export function renderStatusPage({ processes, message, allows, origin }: StatusPage): string {
  return renderDocument({
    title: 'Supervisor Status',
    becomesLive: true,
    heading: 'Supervisor Status',
    subheading: renderOrigin(origin),
    content: html`${message === null ? null : renderMessage(message)}<div id="toolbar">
<ul id="buttons">
${[...buttons].filter(([action]) => allows(action)).map(renderButton)}</ul>
<p class="summary">${countByState(processes)}</p>
</div>
${processes.length === 0 ? html`<p class="empty">No programs to manage</p>` : renderTable(processes, allows)}`,
    origin,
  });
}

const buttons: ReadonlyMap<string, string> = new Map([
  ['refresh', 'Refresh'],
  ['restartall', 'Restart All'],
  ['stopall', 'Stop All'],
]);

const renderButton = ([action, label]: readonly [string, string]): Markup =>
  html`<li class="action-button"><a href="index.html?action=${action}" rel="nofollow">${label}</a></li>\n`;

/** Problems stand out. */
function renderMessage(message: string): Markup {
  const outcome = /^(ERROR|unexpected rpc fault|No such process)/.test(message) ? 'problem' : 'done';
  return html`<div role="status" data-outcome="${outcome}" class="status_msg">${message}</div>
`;
}

/** What needs somebody's attention comes first. */
const statesByNeed: readonly ProcessState[] = [
  'FATAL',
  'UNKNOWN',
  'BACKOFF',
  'EXITED',
  'STOPPING',
  'STARTING',
  'STOPPED',
  'RUNNING',
];

function countByState(processes: readonly ProcessInfo[]): readonly Markup[] {
  return statesByNeed.flatMap((state) => {
    const count = processes.filter(({ statename }) => statename === state).length;
    return count === 0 ? [] : [html`<span class="${stateClass(state)}">${count} ${state.toLowerCase()}</span> `];
  });
}

const renderTable = (processes: readonly ProcessInfo[], allows: Allows): Markup => html`<table>
<caption>Processes</caption>
<thead>
<tr>
<th class="state" scope="col">State</th>
<th class="desc" scope="col">Description</th>
<th class="name" scope="col">Name</th>
<th class="action" scope="col">Action</th>
</tr>
</thead>
<tbody>
${processes.map((process, index) => renderRow(process, index, allows))}</tbody>
</table>`;
