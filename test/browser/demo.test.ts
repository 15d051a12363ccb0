/** What `npm start` shows in a browser, from a program that fails again and again to its end in FATAL, and its next start. */
import { afterAll, expect, test } from 'vitest';
import { copyOfDemo, demoPath } from '../helpers/demo.ts';
import { waitFor } from '../helpers/wait.ts';
import { findBrowser, launchBrowser } from './browser.ts';
import { rowOf, untilState } from './live-page.ts';

const found = await findBrowser();
if (found.kind === 'absent') test.skip(`the browser runs on this machine (${found.reason})`, () => {});
const browser = found.kind === 'found' ? await launchBrowser(found) : null;
afterAll(async () => await browser?.[Symbol.asyncDispose]());

test.skipIf(browser === null)('the demonstration is live in a browser', { timeout: 90_000 }, async () => {
  if (browser === null) return;
  const { sandbox: copy, pagePort } = await copyOfDemo();
  await using sandbox = copy;
  const running = sandbox.startDemo(demoPath);
  await waitFor('the table', () => running.stdout.includes('Ctrl-C here ends everything.'));
  const page = await browser.open({ scripts: true });
  await page.goto(`http://127.0.0.1:${pagePort}/#/doomed:doomed`);
  await page.locator('.stage .state.active[data-state="FATAL"]').waitFor();
  await page.getByRole('button', { name: 'Start doomed' }).first().click();
  await page.locator('.stage .state.active[data-state="BACKOFF"]').waitFor();
  await page.locator('.stage .state.active[data-state="FATAL"]').waitFor();
  await untilState(page, 'jobs:worker_1', 'RUNNING');
  expect(await rowOf(page, 'web:web').locator('.state').textContent()).toBe('RUNNING');
  await page.context().close();
  running.signal('SIGINT');
  await running.ended();
  await waitFor('no process', () => sandbox.processes().length === 0);
});
