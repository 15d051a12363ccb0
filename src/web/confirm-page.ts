/** Asks whether an action was meant that a page of another site may have led to. Pure. */

import { type Origin, renderDocument, renderOrigin } from './document.ts';
import { html } from './html.ts';

export interface ConfirmPage {
  /** As in the link. */
  readonly action: string;
  readonly processName: string | null;
  readonly origin: Origin;
}

export const renderConfirmPage = ({ action, processName, origin }: ConfirmPage): string =>
  renderDocument({
    title: 'Supervisor Status',
    heading: 'Supervisor Status',
    subheading: renderOrigin(origin),
    content: html`<p>The address that was opened is an order: <b>${action}${processName === null ? null : ` ${processName}`}</b>.
Nothing was done yet, since the browser does not say which page led here.</p>
<form method="post" action="index.html">
<input type="hidden" name="action" value="${action}" />
${processName === null ? null : html`<input type="hidden" name="processname" value="${processName}" />\n`}<ul id="buttons">
<li class="action-button"><button type="submit">Do it</button></li>
<li class="action-button"><a href="index.html">Status</a></li>
</ul>
</form>`,
    origin,
  });
