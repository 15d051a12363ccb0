/** The live page in a real browser: what it shows, how it is worked with, and what becomes of it when things go wrong. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { againstOriginal } from '../helpers/sandbox.ts';
import { waitFor } from '../helpers/wait.ts';
import { findBrowser, launchBrowser, type TestBrowser } from './browser.ts';
import { rowOf, untilState, visitLive } from './live-page.ts';

const found = await findBrowser();

const config = `[program:web]
command=sh -c "trap 'n=$((n+1)); echo got $n' USR1; printf '\\033[32mINFO\\033[0m up <b>\\n'; while sleep 0.05; do :; done"
startsecs=0
stdout_logfile=%(here)s/web.log
[program:worker]
command=sleep 86400
process_name=%(program_name)s_%(process_num)02d
numprocs=3
startsecs=0
[program:doomed]
command=sh -c "echo cannot find my data >&2; sleep 0.4; exit 3"
autostart=false
startretries=1
stderr_logfile=%(here)s/doomed.err
[program:gone]
command=/no/such/program
autostart=false
`;

if (found.kind === 'absent') test.skip(`the browser runs on this machine (${found.reason})`, () => {});

describe.skipIf(found.kind === 'absent' || againstOriginal)('the live page', { timeout: 120_000 }, () => {
  let browser: TestBrowser;

  beforeAll(async () => {
    browser = await launchBrowser(found);
  }, 120_000);

  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
  }, 120_000);

  test('shows every program by group, keeps to its policy and asks nobody else', async () => {
    await using visit = await visitLive(browser, { config });
    const { page, complaints } = visit;
    await untilState(page, 'web:web', 'RUNNING');
    expect(await page.locator('.row.group b').allTextContents()).toEqual(['worker']);
    expect(await page.locator('.row.process').count()).toBe(6);
    expect(await rowOf(page, 'doomed:doomed').locator('.state').textContent()).toBe('STOPPED');
    expect(await page.getByRole('button', { name: /4 running/ }).isVisible()).toBe(true);
    await waitFor('memory in use', async () =>
      /MiB|KiB/.test((await rowOf(page, 'web:web').locator('.memory').textContent()) ?? ''),
    );
    for (const tab of ['Timeline', 'Log', 'Tree', 'Chart']) await page.getByRole('tab', { name: tab }).click();
    await page.locator('.stage .count', { hasText: '4' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('shows a program on its way to FATAL, and why, and starts it again', async () => {
    await using visit = await visitLive(browser, { config, hash: '#/doomed:doomed' });
    const { page, daemon, complaints } = visit;
    const active = page.locator('.stage .state.atomic.active');
    await page.locator('.stage .state.active[data-state="STOPPED"]').waitFor();
    await page.getByRole('button', { name: 'Start doomed' }).first().click();
    await page.locator('.stage .state.active[data-state="BACKOFF"]').waitFor();
    await page.locator('.stage .countdown').waitFor();
    await page.locator('.stage .state.active[data-state="FATAL"]').waitFor();
    expect(await active.count()).toBe(1);
    await page.locator('.why-box', { hasText: 'cannot find my data' }).waitFor();
    await page.locator('.toast.bad', { hasText: 'doomed' }).waitFor();
    daemon.sandbox.write('doomed.err', '');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Start doomed' }).first().click();
    await page.locator('.stage .state.active[data-state^="alive.STARTING"]').first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('shows on the chart what was asked in vain', async () => {
    await using visit = await visitLive(browser, { config, hash: '#/web:web' });
    const { page, daemon } = visit;
    await page.locator('.stage .state.active[data-state="alive.RUNNING"]').waitFor();
    await daemon.ctl('start', 'web');
    await page.locator('.stage .remark', { hasText: 'startProcess refused: ALREADY_STARTED' }).waitFor();
    await page.keyboard.press('x');
    await untilState(page, 'web:web', 'STOPPED');
    await page.locator('.stage .remark').waitFor({ state: 'detached' });
  });

  test('shows the chart of every kind of actor in the tree', async () => {
    await using visit = await visitLive(browser, { config, hash: '#/web:web/tree' });
    const { page, complaints } = visit;
    for (const [actor, path] of [
      ['supervisor', 'running'],
      ['group', 'active'],
      ['process', 'alive.RUNNING'],
    ] as const) {
      const line = page.locator('.actor-line', { has: page.locator('.actor', { hasText: new RegExp(`^${actor}$`) }) });
      await line.locator('button.state-name', { hasText: path }).first().click();
      await page.locator(`.actor-chart .state.active[data-state="${path}"]`).waitFor();
    }
    await page.getByRole('button', { name: 'Close the chart' }).click();
    await page.locator('.actor-chart').waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
  });

  test('tells what the daemon answers when something cannot be done', async () => {
    await using visit = await visitLive(browser, { config });
    const { page } = visit;
    await page.getByRole('button', { name: 'Start gone' }).click();
    await page.locator('.toast.bad', { hasText: 'NO_FILE' }).waitFor();
  });

  test('follows a log, with its colours, and holds it still', async () => {
    await using visit = await visitLive(browser, { config, hash: '#/web:web/log' });
    const { page, daemon } = visit;
    await page.locator('.log-line', { hasText: 'INFO up <b>' }).waitFor();
    expect(await page.locator('.log-line .ink-green').textContent()).toBe('INFO');
    const say = () => daemon.ctl('signal', 'USR1', 'web');
    await say();
    await page.locator('.log-line', { hasText: 'got 1' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await say();
    await page.getByRole('button', { name: /Go on \(1 new line\)/ }).click();
    await page.locator('.log-line', { hasText: 'got 2' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search the log' }).fill('got 1');
    expect(await page.locator('.log-line.found').allTextContents()).toEqual(['got 1']);
    await page.getByRole('radio', { name: 'stderr' }).click();
    await page.locator('.log-view .empty').waitFor();
  });

  test('goes back in time and returns', async () => {
    await using visit = await visitLive(browser, { config, hash: '#/web:web/timeline' });
    const { page, complaints } = visit;
    await untilState(page, 'web:web', 'RUNNING');
    await page.getByRole('button', { name: 'Stop web' }).first().click();
    await untilState(page, 'web:web', 'STOPPED');
    const stop = page.locator('.records .record', { hasText: 'process.stop' }).last();
    await stop.click();
    await page.locator('.banner', { hasText: 'As it was at' }).waitFor();
    await untilState(page, 'web:web', 'STOPPING');
    await page.locator('.causes', { hasText: 'supervisor.stopProcess' }).waitFor();
    await page.getByRole('button', { name: 'What it wrote until then' }).click();
    await page.locator('dialog.output .log-line:not(.earlier)', { hasText: 'INFO up' }).waitFor();
    await page.keyboard.press('Escape');
    // By the request to the record before it.
    await page.keyboard.press('[');
    await page.keyboard.press('[');
    await untilState(page, 'web:web', 'RUNNING');
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.locator('.stage .state.active[data-state="alive.RUNNING"]').waitFor();
    await page.keyboard.press('l');
    await untilState(page, 'web:web', 'STOPPED');
    await page.locator('.stage .state.active[data-state="STOPPED"]').waitFor();
    expect(complaints).toEqual([]);
  });

  test('restarts a group when somebody has agreed', async () => {
    await using visit = await visitLive(browser, { config });
    const { page, daemon } = visit;
    await untilState(page, 'worker:worker_02', 'RUNNING');
    const pid = await daemon.pidOf('worker:worker_02');
    await page.getByRole('button', { name: 'Restart the group worker' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Restart the group worker' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
    await page.locator('.toast.good', { hasText: 'worker: restarted' }).waitFor();
    await untilState(page, 'worker:worker_02', 'RUNNING');
    expect(await daemon.pidOf('worker:worker_02')).not.toBe(pid);
  });

  test('says when the connection is lost, and goes on by itself with what has changed', async () => {
    await using visit = await visitLive(browser, { config, hash: '#/web:web/log' });
    const { page, daemon, bridge } = visit;
    await page.locator('.log-line', { hasText: 'INFO' }).waitFor();
    await bridge.cut();
    await page.locator('.banner', { hasText: 'Connection lost' }).waitFor();
    expect(await page.getByRole('button', { name: 'Stop web' }).first().isDisabled()).toBe(true);
    await daemon.ctl('stop', 'worker:worker_00');
    await daemon.ctl('signal', 'USR1', 'web');
    await bridge.mend();
    // It may have tried by itself meanwhile, and the button be gone.
    await page.locator('.banner button', { hasText: 'Try now' }).dispatchEvent('click');
    await page.locator('.banner').waitFor({ state: 'hidden' });
    await untilState(page, 'worker:worker_00', 'STOPPED');
    await page.locator('.log-line', { hasText: 'got 1' }).waitFor();
    expect(await page.locator('.log-line', { hasText: 'INFO' }).count()).toBe(1);
  });

  test('is worked with by the keyboard alone', async () => {
    await using visit = await visitLive(browser, { config });
    const { page } = visit;
    const { keyboard } = page;
    await untilState(page, 'web:web', 'RUNNING');
    await keyboard.press('/');
    await keyboard.type('web');
    await waitFor('one line', async () => (await page.locator('.row.process').count()) === 1);
    await keyboard.press('Escape');
    await page.locator('.row.process').nth(5).waitFor();
    await keyboard.press('/');
    await keyboard.type('nothing like it');
    await page.locator('.programs .empty', { hasText: 'None of 6 programs matches' }).waitFor();
    await keyboard.press('Escape');
    await keyboard.press('/');
    await keyboard.type('web');
    await keyboard.press('Enter');
    await page.locator('.row.current[data-key="web:web"]').waitFor();
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: 'web', exact: true }).waitFor();
    await keyboard.press('x');
    await untilState(page, 'web:web', 'STOPPED');
    await keyboard.press('s');
    await untilState(page, 'web:web', 'RUNNING');
    await keyboard.press('2');
    await page.getByRole('tab', { name: 'Timeline', selected: true }).waitFor();
    await keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await keyboard.press('Escape');
    await keyboard.press('t');
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await keyboard.press('Escape');
    await page.evaluate("location.hash = '#/gone:gone'");
    await page.locator('.row.current[data-key="gone:gone"]').waitFor();
    await keyboard.press('Escape');
    expect(new URL(page.url()).hash).toBe('#/');
  });

  test('says where no trace is kept', async () => {
    await using visit = await visitLive(browser, {
      config: `[supervisord]\ntrace_size=0\n${config}`,
      hash: '#/web:web/timeline',
    });
    await visit.page.getByText('The daemon keeps no trace (trace_size=0).').waitFor();
    await visit.page.locator('.time-bar', { hasText: 'no trace' }).waitFor();
  });

  test('offers whoever may only look nothing else', async () => {
    const users = `[unix_http_server]
file=%(here)s/supervisor.sock
username=admin
password=secret
[user:guest]
password=look
role=view
[supervisorctl]
serverurl=unix://%(here)s/supervisor.sock
username=admin
password=secret
`;
    await using visit = await visitLive(browser, {
      config: users + config,
      credentials: { username: 'guest', password: 'look' },
    });
    const { page } = visit;
    await page.getByText('view only').waitFor();
    expect(await page.locator('.row .act:not(:disabled)').count()).toBe(0);
  });

  test('has a thousand programs without a thousand lines', async () => {
    const thousand = `[program:many]
command=sleep 86400
process_name=p%(process_num)04d
numprocs=1000
autostart=false
`;
    await using visit = await visitLive(browser, { config: thousand });
    const { page, complaints } = visit;
    const frames = (await page.evaluate(`new Promise((resolve) => {
      const view = document.querySelector('.programs');
      const lengths = [];
      let before = performance.now();
      const step = (now) => {
        lengths.push(now - before);
        before = now;
        view.scrollTop += 400;
        if (lengths.length < 90) requestAnimationFrame(step);
        else resolve(lengths);
      };
      requestAnimationFrame(step);
    })`)) as readonly number[];
    const sorted = frames.toSorted((left, right) => left - right);
    console.info(
      `frames of 1000 programs scrolled by: median ${sorted[45]?.toFixed(1)} ms, longest ${sorted.at(-1)?.toFixed(1)} ms`,
    );
    expect(await page.locator('.row').count()).toBeLessThan(90);
    await page.locator('.row.process[data-key="many:p0999"]').waitFor();
    const touched = await page.evaluate(`new Promise((resolve) => {
      let count = 0;
      const observer = new MutationObserver((changes) => { count += changes.length; });
      observer.observe(document.querySelector('.programs'), { subtree: true, childList: true, characterData: true, attributes: true });
      setTimeout(() => { observer.disconnect(); resolve(count); }, 1500);
    })`);
    expect(touched).toBeLessThan(50);
    await page.keyboard.press('/');
    await page.keyboard.type('p0500');
    await page.locator('.row.process[data-key="many:p0500"]').waitFor();
    await waitFor('one line', async () => (await page.locator('.row.process').count()) === 1);
    expect(complaints).toEqual([]);
  });

  test.each([390, 768, 1440])('fits a screen %i pixels wide', async (width) => {
    await using visit = await visitLive(browser, { config, size: { width, height: 800 } });
    const { page } = visit;
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await rowOf(page, 'web:web').click();
    await page.getByRole('heading', { name: 'web', exact: true }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.getByRole('button', { name: 'Close the panel' }).click();
    await rowOf(page, 'web:web').waitFor();
  });
});
