/** What `npm start` shows, and that nothing of it stays behind, however it ends. */
import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { RunningCommand } from '../helpers/command.ts';
import { copyOfDemo, demoPath, demo as sample } from '../helpers/demo.ts';
import { type Sandbox, supervisorctlPath } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

async function waitForTable(demo: RunningCommand): Promise<void> {
  await waitFor('the table and the advice', () => demo.stdout.includes('Ctrl-C here ends everything.'));
}

async function waitForNothingLeft(sandbox: Sandbox): Promise<void> {
  await waitFor('no process', () => sandbox.processes().length === 0);
  expect(readdirSync(sandbox.path(`${sample}/run`))).toEqual(['.gitignore']);
}

scenario(
  'it shows what is running and what to try, and what it suggests works',
  async () => {
    const { sandbox: copy, webPort, pagePort } = await copyOfDemo();
    await using sandbox = copy;
    const demo = sandbox.startDemo(demoPath);
    await waitForTable(demo);
    for (const row of ['web +RUNNING', 'jobs:worker_1 +RUNNING', 'jobs:worker_3 +RUNNING', 'doomed +FATAL']) {
      expect(demo.stdout).toMatch(new RegExp(`\\n${row} `));
    }
    expect(await (await fetch(`http://127.0.0.1:${webPort}/`)).text()).toMatch(/^Hello from web, process \d+\./);
    expect(demo.stdout).toContain(`curl http://127.0.0.1:${webPort}/\n`);
    expect(demo.stdout).toContain(`: http://127.0.0.1:${pagePort}/\n`);
    expect(await (await fetch(`http://127.0.0.1:${pagePort}/`)).text()).toContain('jobs:worker_1');
    const suggestions = demo.stdout.split('\n').filter((line) => line.startsWith('  dist/supervisorctl.js'));
    expect(suggestions.length).toBeGreaterThan(4);
    for (const line of suggestions.filter((text) => !text.includes('tail -f'))) {
      const words = line.trim().replace('dist/supervisorctl.js', `'${supervisorctlPath}'`);
      const { stdout, stderr, status } = await sandbox.shell(words);
      expect({ line, stderr }).toEqual({ line, stderr: '' });
      expect({ line, stdout, status }).toEqual({ line, stdout, status: line.endsWith('status') ? 3 : 0 });
      expect(stdout).not.toContain('ERROR');
    }
    // Ctrl-C under npm: one signal from the terminal, one from npm.
    demo.signal('SIGINT');
    await waitFor('the end to begin', () => demo.stdout.includes('received SIGINT'));
    demo.signal('SIGINT');
    expect((await demo.ended()).status).toBe(0);
    expect(demo.stdout.split('received SIGINT')).toHaveLength(2);
    await waitForNothingLeft(sandbox);
  },
  { oursOnly: true },
);

scenario(
  'a second one leaves the first alone',
  async () => {
    await using sandbox = (await copyOfDemo()).sandbox;
    const demo = sandbox.startDemo(demoPath);
    await waitForTable(demo);
    const second = await sandbox.startDemo(demoPath).ended();
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('The demo is running already.');
    expect(readdirSync(sandbox.path(`${sample}/run`))).toContain('supervisor.sock');
    demo.signal('SIGTERM');
    expect((await demo.ended()).status).toBe(0);
    await waitForNothingLeft(sandbox);
  },
  { oursOnly: true },
);

scenario(
  'no process outlives it when it is killed',
  async () => {
    await using sandbox = (await copyOfDemo()).sandbox;
    const demo = sandbox.startDemo(demoPath);
    await waitForTable(demo);
    demo.signal('SIGKILL');
    await waitFor('no process', () => sandbox.processes().length === 0);
  },
  { oursOnly: true },
);
