/** The pictures of the live page in docs/screenshots: made anew by `STATEVISOR_TEST_SCREENSHOTS=1`, left alone otherwise. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { inRepository } from '../helpers/sandbox.ts';
import { waitFor } from '../helpers/wait.ts';
import { findBrowser, launchBrowser, type TestBrowser } from './browser.ts';
import { rowOf, untilState, visitLive } from './live-page.ts';

const isWanted = process.env.STATEVISOR_TEST_SCREENSHOTS !== undefined;
const found = isWanted ? await findBrowser() : null;

const config = `[program:web]
command=sleep 86400
priority=1
[program:api]
command=sh -c "n=0; while sleep 0.2; do n=$((n+1)); printf '\\033[2m%%s\\033[0m \\033[32mINFO\\033[0m  GET /orders/%%d 200\\n' $(date +%%T) $n; [ $((n %% 7)) -eq 0 ] && printf '\\033[2m%%s\\033[0m \\033[33mWARN\\033[0m  slow query: 812 ms\\n' $(date +%%T); [ $((n %% 11)) -eq 0 ] && printf '\\033[2m%%s\\033[0m \\033[1;31mERROR\\033[0m payment refused: card expired\\n' $(date +%%T); done"
process_name=%(program_name)s_%(process_num)d
numprocs=3
stdout_logfile=%(here)s/api_%(process_num)d.log
[program:worker]
command=sh -c "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; exec sleep 86400"
process_name=%(program_name)s_%(process_num)d
numprocs=4
[program:mailer]
command=sleep 86400
[program:importer]
command=sh -c "echo 'connecting to ftp.example.com'; sleep 0.4; echo 'connection timed out' >&2; exit 75"
startretries=20
stderr_logfile=%(here)s/importer.err
[program:billing]
command=sh -c "echo 'reading /etc/shop/billing.json'; echo 'billing: cannot connect to db.internal:5432: connection refused' >&2; exit 1"
startretries=1
stderr_logfile=%(here)s/billing.err
[program:nightly]
command=true
autorestart=false
startsecs=0
[program:canary]
command=sleep 86400
autostart=false
[group:shop]
programs=api,worker,mailer
`;

describe.skipIf(found?.kind !== 'found')('the live page, for the documentation', { timeout: 120_000 }, () => {
  let browser: TestBrowser;

  beforeAll(async () => {
    if (found !== null) browser = await launchBrowser(found);
  }, 120_000);

  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
  }, 120_000);

  const size = { width: 1500, height: 860 };

  async function take(page: Page, name: string): Promise<void> {
    await page.mouse.move(700, 700);
    await page.screenshot({ path: join(inRepository('docs/screenshots'), `${name}.png`) });
  }

  async function settled(page: Page): Promise<void> {
    await untilState(page, 'billing:billing', 'FATAL');
    await untilState(page, 'shop:mailer', 'RUNNING');
    await waitFor('figures', async () =>
      /iB/.test((await rowOf(page, 'shop:mailer').locator('.memory').textContent()) ?? ''),
    );
  }

  test.each(['light', 'dark'] as const)('shows all programs in %s', async (colorScheme) => {
    await using visit = await visitLive(browser, { config, size, colorScheme });
    const { page } = visit;
    await settled(page);
    await page.locator('.stage .count').first().waitFor();
    await take(page, `programs-${colorScheme}`);
  });

  test('shows why a program is in FATAL, its log and the past', async () => {
    await using visit = await visitLive(browser, { config, size, hash: '#/billing:billing' });
    const { page } = visit;
    await settled(page);
    await page.locator('.why-box', { hasText: 'cannot connect' }).waitFor();
    await page.locator('.stage .state.active[data-state="FATAL"]').waitFor();
    await take(page, 'fatal');
    await page.keyboard.press('2');
    await page.locator('.record', { hasText: 'isExhausted' }).first().click();
    await page.locator('.banner', { hasText: 'As it was' }).waitFor();
    await page.keyboard.press('[');
    await untilState(page, 'billing:billing', 'STARTING');
    await take(page, 'time-travel');
    await page.keyboard.press('l');
    await rowOf(page, 'shop:api_1').click();
    await page.keyboard.press('3');
    await page.locator('.log-line', { hasText: 'payment refused' }).first().waitFor();
    await take(page, 'log');
    await rowOf(page, 'importer:importer').click();
    await page.keyboard.press('1');
    await page.locator('.stage .state.active[data-state="BACKOFF"]').waitFor();
    await page.locator('.stage .countdown').waitFor();
    await take(page, 'backoff');
  });

  test('fits a telephone', async () => {
    await using visit = await visitLive(browser, { config, size: { width: 390, height: 780 }, colorScheme: 'dark' });
    const { page } = visit;
    await untilState(page, 'billing:billing', 'FATAL');
    await take(page, 'narrow');
  });

  test('says that the connection is lost', async () => {
    await using visit = await visitLive(browser, { config, size });
    const { page, bridge } = visit;
    await settled(page);
    await bridge.cut();
    await page.locator('.banner', { hasText: 'Connection lost' }).waitFor();
    await take(page, 'connection-lost');
  });
});
