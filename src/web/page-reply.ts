/** The responses that carry pages: with Supervisor's headers, and those that keep a browser from more than it should do. */

import type { Reply } from '../server/http/http-handler.ts';
import { errorReply } from '../server/http/reply.ts';

/** Pages are different at every look; without these, browsers would remember even where a redirect led. */
const notKept = {
  Pragma: 'no-cache',
  'Cache-Control': 'no-cache',
  Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
} as const;

const always = "form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

/** What a page may load. Nothing comes from elsewhere, and nothing that a program or a request says can become a script. */
const policies = {
  plain: `default-src 'none'; style-src 'self'; img-src 'self'; ${always}`,
  live: `default-src 'self'; object-src 'none'; ${always}`,
} as const;

const protection = {
  // Our own pages must be recognised where a browser sends no Sec-Fetch-Site; others need not know.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** @param kind `live`: it loads scripts of ours and speaks with the daemon */
export const pageReply = (status: number, body: string, kind: keyof typeof policies = 'plain'): Reply => ({
  status,
  headers: {
    'Content-Type': 'text/html;charset=utf-8',
    ...notKept,
    'Content-Security-Policy': policies[kind],
    ...protection,
  },
  body,
});

export function redirect(location: string): Reply {
  const { status, headers, body } = errorReply(301);
  return { status, headers: { Location: location, ...headers, ...notKept }, body };
}
