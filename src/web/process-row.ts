/** One process in the status table: its state, and links for what can be done in that state. Pure. */

import type { ProcessInfo } from '../model/process-info.ts';
import { displayName } from '../model/process-name.ts';
import type { ProcessState } from '../model/process-state.ts';
import { html, type Markup } from './html.ts';
import { percentEncode } from './percent-encoding.ts';

/** Whether whoever looks at the page may do what a link offers. */
export type Allows = (action: string) => boolean;

/** `index` counts the rows from 0. */
export function renderRow(process: ProcessInfo, index: number, allows: Allows): Markup {
  const name = displayName(process.group, process.name);
  const state = process.statename;
  return html`<tr class="${index % 2 === 1 ? 'shade' : ''}">
<td class="status"><span class="${stateClass(state)}">${state.toLowerCase()}</span></td>
<td class="desc"><span>${process.description}</span></td>
<td class="name"><a href="tail.html?processname=${percentEncode(name)}" target="_blank">${name}</a></td>
<td class="action">
<ul>
${actionsOf(state, name, allows).map(renderAction)}</ul>
</td>
</tr>
`;
}

/** The class that style sheets and scripts know a state by. */
export function stateClass(state: ProcessState): string {
  if (state === 'RUNNING') return 'statusrunning';
  return state === 'FATAL' || state === 'BACKOFF' ? 'statuserror' : 'statusnominal';
}

interface Action {
  readonly label: string;
  readonly href: string;
  /** The whole sentence, for those who do not see the row around the link. */
  readonly meaning: string;
  readonly opensTab: boolean;
}

/** Always five; null in the place of one that the state does not offer, or that is not allowed. */
function actionsOf(state: ProcessState, name: string, allows: Allows): readonly (Action | null)[] {
  const encoded = percentEncode(name);
  const act = (label: string, action: string): Action | null =>
    allows(action)
      ? {
          label,
          href: `index.html?processname=${encoded}&action=${action}`,
          meaning: `${label}: ${name}`,
          opensTab: false,
        }
      : null;
  const follow = (label: string, path: string): Action => ({
    label,
    href: `logtail/${encoded}${path}`,
    meaning: `${label}: ${name} (in a new tab)`,
    opensTab: true,
  });
  const running = state === 'RUNNING';
  const startable = state === 'STOPPED' || state === 'EXITED' || state === 'FATAL';
  return [
    running ? act('Restart', 'restart') : startable ? act('Start', 'start') : null,
    running ? act('Stop', 'stop') : null,
    act('Clear Log', 'clearlog'),
    follow('Tail -f Stdout', ''),
    follow('Tail -f Stderr', '/stderr'),
  ];
}

function renderAction(action: Action | null): Markup {
  if (action === null) return html`<li class="hidden"><a class="hidden"></a></li>\n`;
  const { label, href, meaning, opensTab } = action;
  const kind = opensTab ? html` target="_blank"` : html` rel="nofollow"`;
  return html`<li><a href="${href}" aria-label="${meaning}"${kind}>${label}</a></li>\n`;
}
