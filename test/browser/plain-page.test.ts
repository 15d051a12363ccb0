/**
 * The plain pages in a real browser, by mouse and by keyboard, without scripts. Pictures of them are kept in the folder
 * that STATEVISOR_TEST_PICTURES names, if it does.
 */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daemon, startDaemon } from '../helpers/daemon.ts';
import { againstOriginal } from '../helpers/sandbox.ts';
import { waitFor } from '../helpers/wait.ts';
import { openBridge, portOf } from './bridge.ts';
import { findBrowser, launchBrowser, type PageOptions, type TestBrowser } from './browser.ts';

const found = await findBrowser();
const pictures = process.env.STATEVISOR_TEST_PICTURES;

const config = `[program:web]
command=sh -c "printf '\\033[32mINFO\\033[0m <script>document.title=1</script> caf\\303\\251 \\377\\n'; exec sleep 86400"
startsecs=0
stdout_logfile=%(here)s/web.log
[program:worker]
command=sleep 86400
process_name=%(program_name)s_%(process_num)02d
numprocs=2
startsecs=0
[program:doomed]
command=false
startretries=0
[program:gone]
command=/no/such/program
autostart=false
[program:<img&src=x>]
command=sleep 86400
autostart=false
`;

if (found.kind === 'absent') test.skip(`the browser runs on this machine (${found.reason})`, () => {});

describe.skipIf(found.kind === 'absent' || againstOriginal)('the plain page in a browser', { timeout: 120_000 }, () => {
  let browser: TestBrowser;

  beforeAll(async () => {
    browser = await launchBrowser(found);
  }, 120_000);

  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
  }, 120_000);

  /** A daemon of its own, and a page that has its status page open. */
  async function visit(options?: PageOptions): Promise<Visit> {
    const daemon = await startDaemon({ config });
    const bridge = await openBridge(daemon.sandbox.path('supervisor.sock'));
    const page = await browser.open(options);
    const leave = async (): Promise<void> => {
      await page.context().close();
      await bridge[Symbol.asyncDispose]();
      await daemon[Symbol.asyncDispose]();
    };
    try {
      await daemon.waitForStatus('doomed', 'FATAL');
      await daemon.waitForFile('web.log', '\n');
      await page.goto(bridge.address);
      return { daemon, page, address: bridge.address, [Symbol.asyncDispose]: leave };
    } catch (error) {
      await leave();
      throw error;
    }
  }

  test('starts, stops and restarts a process by its links', async () => {
    await using visited = await visit();
    const { daemon, page } = visited;
    expect(await page.title()).toBe('Supervisor Status');
    await click(page, 'Stop: web');
    expect(await messageOn(page)).toBe('Process web stopped');
    expect(await stateOf(page, 'web')).toBe('stopped');
    expect(await page.getByRole('link', { name: 'Stop: web' }).count()).toBe(0);
    await click(page, 'Start: web');
    expect(await messageOn(page)).toBe('Process web started');
    expect(await stateOf(page, 'web')).toBe('running');
    const pid = await daemon.pidOf('web');
    await click(page, 'Restart: web');
    expect(await messageOn(page)).toBe('Process web restarted');
    expect(await daemon.pidOf('web')).not.toBe(pid);
    // A browser that remembered where the first time led would not ask again.
    await click(page, 'Stop: web');
    expect(await stateOf(page, 'web')).toBe('stopped');
    await click(page, 'Start: gone');
    expect(await messageOn(page)).toBe('ERROR: Process gone: no such file');
  });

  test('acts on a process whose name looks like markup', async () => {
    await using visited = await visit();
    const { page } = visited;
    expect(await page.locator('img').count()).toBe(0);
    await click(page, 'Start: <img&src=x>');
    expect(await messageOn(page)).toBe('Process <img&src=x> started');
    expect(await stateOf(page, '<img&src=x>')).toBe('running');
  });

  test('shows the tail of a log in a new tab, as text, and more of it', async () => {
    await using visited = await visit();
    const { page } = visited;
    const opened = page.waitForEvent('popup');
    await page.getByRole('link', { name: 'web', exact: true }).click();
    const tail = await opened;
    await tail.waitForLoadState();
    expect(await tail.title()).toBe('Supervisor tail of process web');
    expect(await tail.locator('pre').textContent()).toContain('INFO <script>document.title=1</script> café \ufffd\n');
    expect(await tail.locator('script').count()).toBe(0);
    await click(tail, 'Show More');
    expect(tail.url()).toContain('limit=8192');
    await click(tail, 'Refresh');
    expect(tail.url()).toContain('limit=8192');
    await click(tail, 'Status');
    expect(await tail.title()).toBe('Supervisor Status');
  });

  test('follows a log in a new tab', async () => {
    await using visited = await visit();
    const { page } = visited;
    const opened = page.waitForEvent('popup');
    await page.getByRole('link', { name: 'Tail -f Stdout: web' }).click();
    const follower = await opened;
    const lines = async (): Promise<number> => ((await follower.textContent('body')) ?? '').split('INFO').length - 1;
    await waitFor('what the log has', async () => (await lines()) === 1);
    await click(page, 'Restart: web');
    await waitFor('what is added to the log', async () => (await lines()) === 2);
  });

  test('clears a log', async () => {
    await using visited = await visit();
    const { daemon, page } = visited;
    await click(page, 'Clear Log: web');
    expect(await messageOn(page)).toBe('Log for web cleared');
    expect(daemon.sandbox.read('web.log')).toBe('');
  });

  test('restarts and stops all', async () => {
    await using visited = await visit();
    const { page } = visited;
    await click(page, 'Stop All');
    expect(await messageOn(page)).toMatch(/^All stopped at /);
    expect(await stateOf(page, 'worker:worker_00')).toBe('stopped');
    expect(await page.locator('.statusrunning').count()).toBe(0);
    await click(page, 'Restart All');
    expect(await messageOn(page)).toMatch(/^All restarted at /);
    expect(await stateOf(page, 'worker:worker_01')).toBe('running');
    await click(page, 'Refresh');
    expect(await messageOn(page)).toMatch(/^Page refreshed at /);
  });

  test('works by keyboard alone, and shows where the focus is', async () => {
    await using visited = await visit();
    const { page } = visited;
    const reached: string[] = [];
    while (reached.length < 60 && reached.at(-1) !== 'Stop: web') {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      reached.push((await focused.getAttribute('aria-label')) ?? (await focused.textContent()) ?? '');
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    }
    expect(reached.slice(0, 3)).toEqual(['Refresh', 'Restart All', 'Stop All']);
    expect(reached.at(-1)).toBe('Stop: web');
    await page.keyboard.press('Enter');
    await page.waitForURL(/message=/);
    expect(await messageOn(page)).toBe('Process web stopped');
  });

  test('tells what a screen reader needs: headings, a table with its headers, links that differ', async () => {
    await using visited = await visit();
    const { page } = visited;
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Supervisor Status');
    const table = page.getByRole('table', { name: 'Processes' });
    expect(await table.getByRole('columnheader').allTextContents()).toEqual(['State', 'Description', 'Name', 'Action']);
    expect(await table.getByRole('row').count()).toBe(7);
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      const row = table.getByRole('row').filter({ hasText: 'web' });
      expect(await row.getByRole('cell').count()).toBe(4);
      expect(await row.getByRole('link').count()).toBe(6);
    }
  });

  test('refuses what a page of another site makes the browser do', async () => {
    await using visited = await visit();
    const { daemon, page, address } = visited;
    await using elsewhere = await openSite(
      `<a href="${address}/?action=stopall">prize</a><img src="${address}/index.html?action=stopall">`,
    );
    await page.goto(elsewhere.address);
    await page.getByRole('link', { name: 'prize' }).click();
    await page.waitForURL(`${address}/**`);
    expect(await page.textContent('body')).toContain('the request comes from another site');
    expect((await daemon.status('web')).web?.state).toBe('RUNNING');
  });

  test.each(['light', 'dark'] as const)('fits wide and narrow screens in %s', async (colorScheme) => {
    await using visited = await visit({ colorScheme });
    const { page, address } = visited;
    for (const width of [1280, 768, 360]) {
      await page.setViewportSize({ width, height: 800 });
      for (const path of ['/?message=Process%20web%20restarted', '/tail.html?processname=web']) {
        await page.goto(address + path);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        if (!pictures) continue;
        const name = `${path === '/tail.html?processname=web' ? 'tail' : 'status'}-${width}-${colorScheme}.png`;
        await page.screenshot({ path: join(pictures, name), fullPage: true });
      }
    }
  });
});

interface Visit extends AsyncDisposable {
  readonly daemon: Daemon;
  readonly page: Page;
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
}

interface Site extends AsyncDisposable {
  readonly address: string;
}

/** Another name of this machine is another site to a browser. */
async function openSite(body: string): Promise<Site> {
  const server = createHttpServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://localhost:${portOf(server)}/`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Clicks a link by its spoken name and waits for where it leads. */
async function click(page: Page, name: string): Promise<void> {
  const loaded = page.waitForEvent('load');
  await page.getByRole('link', { name, exact: true }).click();
  await loaded;
}

const messageOn = (page: Page): Promise<string | null> => page.getByRole('status').textContent();

const stateOf = (page: Page, name: string): Promise<string | null> =>
  page
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name, exact: true }) })
    .locator('td.status')
    .textContent();
