/** What the status page says while the daemon stops or restarts, when there is nothing to act on. */

import { type Origin, renderDocument, renderOrigin } from './document.ts';
import { html } from './html.ts';

export const renderEndingPage = (origin: Origin): string =>
  renderDocument({
    title: 'Supervisor Status',
    heading: 'Supervisor Status',
    subheading: renderOrigin(origin),
    content: html`<p class="empty">Supervisor is stopping or restarting. <a href="index.html">Look again</a></p>`,
    origin,
  });
