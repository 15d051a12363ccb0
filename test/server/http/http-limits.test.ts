import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { defaultHttpLimits } from '../../../src/server/http/http-limits.ts';

it('the limits are those of the documentation', () => {
  const page = readFileSync(new URL('../../../docs/reference/http.md', import.meta.url), 'utf8');
  const table = page.slice(page.indexOf('## Limits'));
  const limits = defaultHttpLimits;
  const kibibytes = (bytes: number): string => `${bytes / 1024} KiB`;
  for (const row of [
    `${kibibytes(limits.headerBytes)}, within ${limits.headerMs / 1000} seconds`,
    `${limits.callBytes / 1024 / 1024} MiB, ${kibibytes(limits.formBytes)}, within ${limits.bodyMs / 1000} seconds`,
    `${limits.xml.maxDepth} levels, ${limits.xml.maxElements / 1000} 000 elements`,
    `| ${limits.requestsWaiting}, further ones are left unread`,
    `| ${limits.stalledMs / 1000} seconds without progress`,
    `| ${limits.idleMs / 60_000} minutes, and ${limits.idleConnections} of them together`,
  ]) {
    expect(table).toContain(row);
  }
});
