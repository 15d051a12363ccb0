/** The addresses of logs and files: no text in one is ever taken for a path of the file system. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLog } from '../../../src/server/http/log-tail.ts';
import { parseTarget } from '../../../src/server/http/request-path.ts';
import { findAsset } from '../../../src/web/assets.ts';
import { FakeControl, groupOf, lone } from '../../commands/fake-control.ts';
import { serveHttp } from './serve-http.ts';

const pieces = fc.constantFrom(
  ...['..', '.', '/', '//', '%2e%2e', '%2f', '%5c', '\\', '%00', '%', '?', '#', ':', '*', '~', 'etc/passwd', 'logtail'],
  ...['mainlogtail', 'web', 'g:p', 'g:*', 'stdout', 'stderr', '/proc/self/environ', '__proto__', 'http://x', '%c0%ae'],
);
const address = fc
  .tuple(fc.constantFrom('/logtail/', '/logtail', '/', ''), fc.array(fc.oneof(pieces, fc.string()), { maxLength: 8 }))
  .map(([start, rest]) => start + rest.join(''));

describe('any address', () => {
  it('names a log of a known process or none', () => {
    const groups = [lone('web', 'RUNNING'), groupOf('g', { p: 'RUNNING' })];
    const control = new FakeControl(groups);
    const logs = groups.flatMap(({ members }) => members).flatMap(({ stdout, stderr }) => [stdout, stderr]);
    let found = 0;
    fc.assert(
      fc.property(address, (target) => {
        const log = findLog(control, parseTarget(target).path);
        if (log === null) return;
        found += 1;
        expect(logs.some((known) => known === log)).toBe(true);
      }),
      { numRuns: 5000 },
    );
    expect(found).toBeGreaterThan(0);
  });

  it('names one of the two files that pages refer to or none', () => {
    fc.assert(
      fc.property(address, (target) => {
        const reply = findAsset(parseTarget(target).path);
        expect(reply === null || reply.status === 200).toBe(true);
      }),
    );
  });

  it('gives away nothing that lies beside a log', async () => {
    await using http = await serveHttp({ groups: [groupOf('g', { p: 'RUNNING' })] });
    const secret = join(http.served.folder, 'secret.txt');
    writeFileSync(secret, 'TOP SECRET');
    const log = join(http.served.folder, 'p.log');
    writeFileSync(log, 'said');
    http.bench.process('p').stdout.path = log;
    const ways = [secret, `..${secret}`, `../../../../../../..${secret}`, `g:p/../secret.txt`, `${log}/../secret.txt`];
    for (const way of [...ways, ...ways.map(encodeURIComponent), ...ways.map((text) => text.replaceAll('.', '%2e'))]) {
      for (const start of ['/logtail/', '/logtail/g:p/', '/mainlogtail/', '/', '/stylesheets/', '/images/']) {
        const answer = await http.ask([`GET ${start}${way} HTTP/1.0`]);
        expect(answer.status).not.toBe(200);
        expect(answer.body).not.toContain('TOP SECRET');
      }
    }
  });
});
