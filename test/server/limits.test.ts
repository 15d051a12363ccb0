import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { defaultLimits } from '../../src/server/limits.ts';

it('the limits are those of the documentation', () => {
  const page = readFileSync(new URL('../../docs/reference/protocol.md', import.meta.url), 'utf8');
  const table = page.slice(page.indexOf('## Limits'));
  const { framesBefore, framesAfter } = defaultLimits;
  const mebibytes = (bytes: number): string => `${bytes / 1024 / 1024} MiB`;
  for (const row of [
    `${framesBefore.maxBytes} bytes, ${framesBefore.maxDepth} levels of arrays and maps, ${framesBefore.maxValues} values`,
    `${mebibytes(framesAfter.maxBytes)}, ${framesAfter.maxDepth} levels, ${framesAfter.maxValues / 1000} 000 values`,
    `${defaultLimits.requestsInFlight} a connection`,
    `above ${mebibytes(defaultLimits.outputBytes)} no request is read`,
    `complete within ${defaultLimits.messageMs / 1000} seconds`,
    `within ${defaultLimits.firstByteMs / 1000} seconds`,
    `${mebibytes(defaultLimits.unreadBytes)}; above it the connection`,
    `${defaultLimits.connections}, of all sockets together`,
  ]) {
    expect(table).toContain(row);
  }
  expect(page).toContain(`above ${mebibytes(defaultLimits.notificationBytes)} of unread output`);
  expect(page).toContain(`${defaultLimits.authenticationMs / 1000} seconds without a right one`);
  expect(page).toContain('The third wrong try');
  expect(defaultLimits.authenticationAttempts).toBe(3);
});
