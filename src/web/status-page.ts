/** The status page: how many processes are in which state, and the table with a row for each. Pure. */

import type { ProcessInfo } from '../model/process-info.ts';
import type { ProcessState } from '../model/process-state.ts';
import { type Origin, renderDocument, renderOrigin } from './document.ts';
import { html, type Markup } from './html.ts';
import { renderRow, stateClass } from './process-row.ts';

export interface StatusPage {
  /** In the order of the rows. */
  readonly processes: readonly ProcessInfo[];
  /** What the last action said. */
  readonly message: string | null;
  readonly origin: Origin;
}

export function renderStatusPage({ processes, message, origin }: StatusPage): string {
  return renderDocument({
    title: 'Supervisor Status',
    heading: 'Supervisor Status',
    subheading: renderOrigin(origin),
    content: html`${message === null ? null : renderMessage(message)}<div id="toolbar">
<ul id="buttons">
<li class="action-button"><a href="index.html?action=refresh" rel="nofollow">Refresh</a></li>
<li class="action-button"><a href="index.html?action=restartall" rel="nofollow">Restart All</a></li>
<li class="action-button"><a href="index.html?action=stopall" rel="nofollow">Stop All</a></li>
</ul>
<p class="summary">${countByState(processes)}</p>
</div>
${processes.length === 0 ? html`<p class="empty">No programs to manage</p>` : renderTable(processes)}`,
    origin,
  });
}

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

const renderTable = (processes: readonly ProcessInfo[]): Markup => html`<table>
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
${processes.map(renderRow)}</tbody>
</table>`;
