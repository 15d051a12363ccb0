/**
 * Whether a browser was led here by somebody else's page. Browsers send the user's network position and passwords along
 * with requests that any page can make them do; what they say about a request's origin, and no page can forge, decides.
 * Clients that are no browsers send none of this and pass.
 */

import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { ServerSpec } from '../../model/program-spec.ts';

/** Why the request was made by a page of another site, for a log line and a refusal; null if it was not. */
export function otherSite(headers: IncomingHttpHeaders): string | null {
  const relation = single(headers['sec-fetch-site']);
  if (relation !== undefined) {
    // `none`: the user typed the address or opened a bookmark.
    return relation === 'same-origin' || relation === 'none' ? null : `Sec-Fetch-Site: ${relation}`;
  }
  // Older browsers, and today's on plain http:// addresses, say only this.
  const name = headers.origin === undefined ? 'referer' : 'origin';
  const source = headers[name];
  if (source === undefined || isOwn(source, headers)) return null;
  return `${name === 'origin' ? 'Origin' : 'Referer'}: ${source}`;
}

/** A proxy may pass its own name on; a foreign page cannot set that header. */
function isOwn(source: string, headers: IncomingHttpHeaders): boolean {
  const names = [headers.host, single(headers['x-forwarded-host'])];
  try {
    const { host, hostname } = new URL(source);
    return names.some((name) => name !== undefined && name !== '' && [host, hostname].includes(name.toLowerCase()));
  } catch {
    return false;
  }
}

/**
 * Why the name in `Host` is not one of ours, or null. A page whose name its owner lets point to this machine's address
 * (DNS rebinding) counts for the browser as same-origin and would be told everything. It only works on the network, under a
 * name that can be registered, and where no password is needed: only for such servers this is to be asked.
 */
export function foreignHost(
  headers: IncomingHttpHeaders,
  server: ServerSpec,
  machineName: () => string,
): string | null {
  if (server.kind !== 'inet' || !isBrowser(headers)) return null;
  const host = (headers.host ?? '').toLowerCase();
  const name = host.replace(/:\d*$/, '').replace(/\.$/, '');
  const own = [server.host, machineName()].map((text) => text.toLowerCase());
  if (own.includes(name) || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || isPrivateName(name)) return null;
  return `Host: ${host}`;
}

/**
 * A browser that says nothing at all about where the request comes from. Any page can make it do so for a link or an image
 * (`referrerpolicy="no-referrer"`) of an address that is plain `http://`; but so does whoever types the address.
 */
export const isSilentBrowser = (headers: IncomingHttpHeaders): boolean =>
  // The one header that every browser sends and no page can change for a link, an image or a form.
  isNamedBrowser(headers) &&
  [headers['sec-fetch-site'], headers.origin, headers.referer].every((it) => it === undefined);

/** A body that a page may send anywhere without asking first, from a browser too old to say where it is from. */
export const mayBeForeignForm = (headers: IncomingHttpHeaders): boolean =>
  isSilentBrowser(headers) && !/^(text|application)\/xml\b/i.test(headers['content-type'] ?? '');

/** A page can leave out `Referer` and some others, but not all of these. */
const isBrowser = (headers: IncomingHttpHeaders): boolean =>
  [headers.origin, headers.referer, headers['sec-fetch-site'], headers['accept-language']].some(
    (value) => value !== undefined,
  ) || isNamedBrowser(headers);

const isNamedBrowser = (headers: IncomingHttpHeaders): boolean => /^Mozilla\//.test(headers['user-agent'] ?? '');

/** Names without a dot, and those below domains that are reserved for use inside a network. */
const isPrivateName = (name: string): boolean =>
  !name.includes('.') || /\.(localhost|localdomain|local|internal|home\.arpa|lan|test)$/.test(name);

const single = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value[0] : value;
