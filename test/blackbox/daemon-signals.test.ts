import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { fixture, inRepository } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;
const _ownVersion = (JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as { version: string }).version;
const _inUse =
  'Error: Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
  'Shut this program down first before starting supervisord.';

describe('signals', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
    scenario(`${signal} stops all programs and ends the daemon`, async () => {
      await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
      await daemon.waitForMessage('any', 'success');
      daemon.signal(signal);
      expect((await daemon.command.ended()).status).toBe(0);
      expect(daemon.messages()).toContain(`WARN received ${signal} indicating exit request`);
      expect(daemon.messages().slice(-2)).toEqual([
        'INFO waiting for any to die',
        'WARN stopped: any (terminated by SIGTERM)',
      ]);
      expect(daemon.sandbox.processes()).toEqual([]);
    });
  }

  scenario('SIGHUP starts everything anew from the configuration as it is then, in the same process', async () => {
    await using daemon = await startDaemon({ config: `[program:old]\n${forever}\n[program:kept]\n${forever}` });
    await daemon.waitForStatus('kept', 'RUNNING');
    const before = await daemon.pidOf('kept');
    daemon.sandbox.write('supervisord.conf', `[program:new]\n${forever}\n[program:kept]\n${forever}`);
    daemon.signal('SIGHUP');
    await waitFor('the new program', async () => (await daemon.status()).new?.state === 'RUNNING');
    await daemon.waitForStatus('kept', 'RUNNING');
    expect(Object.keys(await daemon.status())).toEqual(['kept', 'new']);
    expect(await daemon.pidOf('kept')).not.toBe(before);
    expect((await daemon.ctl('pid')).stdout).toBe(`${daemon.pid}\n`);
    expect(daemon.sandbox.read('supervisord.pid')).toBe(`${daemon.pid}\n`);
    expect(daemon.messages()).toContain('WARN received SIGHUP indicating restart request');
    expect(daemon.programs()).toHaveLength(2);
  });

  scenario(
    'SIGTERM at whatever moment of a restart ends the daemon in order',
    async () => {
      for (let afterMs = 0; afterMs <= 27; afterMs += 3) {
        await using daemon = await startDaemon({ config: '' });
        daemon.signal('SIGHUP');
        await pause(afterMs);
        daemon.signal('SIGTERM');
        expect((await daemon.command.ended()).status, `${afterMs} ms after SIGHUP`).toBe(0);
        expect(daemon.sandbox.has('supervisord.pid')).toBe(false);
      }
    },
    { oursOnly: true },
  );

  scenario('SIGTERM during a restart ends the daemon', async () => {
    await using daemon = await startDaemon({
      config: `[program:stubborn]\ncommand=${fixture('ignores-term')}\nstdout_logfile=%(here)s/out\nstartsecs=0\nstopwaitsecs=3`,
    });
    await daemon.waitForFile('out', 'ready');
    daemon.signal('SIGHUP');
    await daemon.waitForLog('waiting for stubborn to die');
    daemon.signal('SIGTERM');
    expect((await daemon.command.ended()).status).toBe(0);
    expect(daemon.messagesAbout('stubborn').filter((line) => line.includes('spawned'))).toHaveLength(1);
  });

  scenario('SIGHUP during a shutdown is ignored', async () => {
    await using daemon = await startDaemon({
      config: `[program:stubborn]\ncommand=${fixture('ignores-term')}\nstdout_logfile=%(here)s/out\nstartsecs=0\nstopwaitsecs=3`,
    });
    await daemon.waitForFile('out', 'ready');
    daemon.signal('SIGTERM');
    await daemon.waitForLog('waiting for stubborn to die');
    daemon.signal('SIGHUP');
    expect((await daemon.command.ended()).status).toBe(0);
    expect(daemon.messages()).toContain('WARN ignored SIGHUP indicating restart request (shutdown in progress)');
  });

  scenario(
    'a broken configuration at SIGHUP changes nothing',
    async () => {
      await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
      await daemon.waitForStatus('any', 'RUNNING');
      const before = await daemon.pidOf('any');
      daemon.sandbox.write('supervisord.conf', `[program:any]\n${forever}\nautorestart=sometimes`);
      daemon.signal('SIGHUP');
      await daemon.waitForLog(
        /CRIT not restarting, since the configuration is invalid: \S+:\d+: \[program:any\] autorestart = "sometimes": expected true, false or unexpected/,
      );
      expect(await daemon.pidOf('any')).toBe(before);
      expect((await daemon.status()).any?.state).toBe('RUNNING');
    },
    // The original stops everything and then ends with status 2, its reason said to nobody.
    { oursOnly: true },
  );
});
