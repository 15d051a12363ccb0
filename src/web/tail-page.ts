/** The page with the end of a process's standard output. Pure; what the process wrote is shown, never obeyed. */

import { type Origin, renderDocument } from './document.ts';
import { html, type Markup } from './html.ts';
import { percentEncode } from './percent-encoding.ts';

/** How much is shown when nobody says, and at least, in bytes (as Supervisor). */
const leastTailBytes = 1024;

/** How much is shown at most, in bytes: a longer page helps nobody, and costs the daemon its memory. */
const mostTailBytes = 4 * 1024 * 1024;

const growth = 8;

export interface TailPage {
  /** As it was asked for; null if it was not. */
  readonly processName: string | null;
  /** The end of the log, or a sentence in its place. */
  readonly text: string;
  /** In bytes. */
  readonly limit: number;
  readonly origin: Origin;
}

/** What `limit=` means, in bytes. What is no number counts as the least. */
export function readTailLimit(field: string | undefined): number {
  const wanted = field !== undefined && /^\d+$/.test(field) ? Number(field) : leastTailBytes;
  return Math.min(mostTailBytes, Math.max(leastTailBytes, wanted));
}

export function renderTailPage({ processName, text, limit, origin }: TailPage): string {
  const title = `Supervisor tail of process ${processName ?? 'None'}`;
  return renderDocument({
    title,
    heading: title,
    subheading: html`the last ${limit.toLocaleString('en')} bytes of its standard output`,
    content: html`<div id="toolbar">
<ul id="buttons">
<li class="action-button"><a href="index.html">Status</a></li>
${processName === null ? null : renderLinks(processName, limit)}</ul>
</div>
<div class="log" role="region" aria-label="Log" tabindex="0"><pre>${keepFirstLine(withoutColours(text))}</pre></div>`,
    origin,
  });
}

function renderLinks(processName: string, limit: number): Markup {
  const encoded = percentEncode(processName);
  const more = Math.min(mostTailBytes, limit * growth);
  const link = (label: string, bytes: number): Markup =>
    html`<li class="action-button"><a href="tail.html?processname=${encoded}&amp;limit=${bytes}">${label}</a></li>\n`;
  return html`${link('Refresh', limit)}${more > limit ? link('Show More', more) : null}<li class="action-button"><a
 href="logtail/${encoded}">Tail -f Stdout</a></li>
<li class="action-button"><a href="logtail/${encoded}/stderr">Tail -f Stderr</a></li>
`;
}

/** Codes of colours and bold type, which would only hide the words here. */
const withoutColours = (text: string): string => text.replaceAll(colourCode, '');

const colourCode = new RegExp(`${String.fromCharCode(0x1b)}\\[[0-9;:]*m`, 'g');

/** HTML ignores one line break at the beginning of a `pre`. */
const keepFirstLine = (text: string): string => (/^[\r\n]/.test(text) ? `\n${text}` : text);
