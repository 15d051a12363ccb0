/** What every page has around its content: the head, the title, and the line at the bottom. No page needs a script. */

import { html, type Insertable, type Markup } from './html.ts';

/** Which daemon made the page, and when. */
export interface Origin {
  readonly identifier: string;
  readonly hostName: string;
  readonly pid: number;
  /** Of this product. */
  readonly version: string;
  /** The release of Supervisor that it stands in for. */
  readonly supervisorVersion: string;
  /** As people read it. */
  readonly time: string;
}

export interface DocumentParts {
  readonly title: string;
  readonly heading: Insertable;
  /** Stands under the heading. */
  readonly subheading: Insertable;
  readonly content: Markup;
  /** Where scripts run, the live page takes its place. */
  readonly becomesLive?: boolean;
  readonly origin: Origin;
}

/**
 * A whole page as text. Its addresses are relative, so that it works below any path of a proxy. It is well-formed XML as
 * well, as Supervisor's pages are: there are scripts that read them so.
 */
export function renderDocument({ title, heading, subheading, content, origin, becomesLive }: DocumentParts): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>${title}</title>
<link href="stylesheets/supervisor.css" rel="stylesheet" />
<link href="images/icon.svg" rel="icon" type="image/svg+xml" />
${becomesLive ? html`<script type="module" src="app/app.js"></script>\n` : null}</head>
<body>
<div id="wrapper">
<header id="header">
<h1>${heading}</h1>
<p>${subheading}</p>
</header>
<main id="content">
${content}
</main>
<footer id="footer">
<p>statevisor ${origin.version}, compatible with Supervisor ${origin.supervisorVersion}</p>
<p>${origin.time}</p>
</footer>
</div>
</body>
</html>
`.text;
}

/** Which of several daemons this is. */
export const renderOrigin = ({ identifier, hostName, pid }: Origin): Markup =>
  html`<b>${identifier}</b> on ${hostName}, pid ${pid}`;
