/** Whether an address can be reached from this machine alone. */

import { isIPv4, isIPv6 } from 'node:net';

/**
 * @param host as `inet_http_server` writes it; '' = all interfaces. A name other than `localhost` could mean any address,
 * tomorrow another one than today, and counts as reachable.
 */
export function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  if (isIPv6(host)) return host === '::1' || /^::ffff:127\./i.test(host);
  return host === 'localhost' || host.endsWith('.localhost');
}
