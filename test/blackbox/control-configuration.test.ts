/** `supervisorctl` about configuration, and about the daemon as a whole: what it prints, and its exit status. */
import { describe, expect } from 'vitest';
import { fails, says } from '../helpers/answers.ts';
import { startDaemon } from '../helpers/daemon.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;
const manual = `${forever}\nautostart=false`;

describe('configuration', () => {
  scenario('reread tells what an edit would change, and changes nothing', async () => {
    await using daemon = await startDaemon({ config: `[program:kept]\n${forever}\n[program:gone]\n${forever}` });
    await daemon.waitForStatus('kept', 'RUNNING');
    expect(await daemon.ctl('reread')).toEqual(says('No config updates to processes'));
    daemon.sandbox.write('supervisord.conf', `[program:kept]\n${forever}\npriority=5\n[program:fresh]\n${forever}`);
    expect(await daemon.ctl('reread')).toEqual(says('fresh: available', 'gone: disappeared', 'kept: changed'));
    expect(Object.keys(await daemon.status())).toEqual(['gone', 'kept']);
  });

  scenario('update applies an edit and leaves alone what has not changed', async () => {
    await using daemon = await startDaemon({
      config: `[program:kept]\n${forever}\n[program:changed]\n${forever}\n[program:gone]\n${forever}`,
    });
    await daemon.waitForStatus('kept', 'RUNNING');
    const kept = await daemon.pidOf('kept');
    const changed = await daemon.pidOf('changed');
    expect(await daemon.ctl('update')).toEqual(says());
    daemon.sandbox.write(
      'supervisord.conf',
      `[program:kept]\n${forever}\n[program:changed]\n${forever}\nenvironment=A="1"\n[program:fresh]\n${forever}`,
    );
    expect(await daemon.ctl('update')).toEqual(
      says(
        'gone: stopped',
        'gone: removed process group',
        'changed: stopped',
        'changed: updated process group',
        'fresh: added process group',
      ),
    );
    for (const name of ['changed', 'fresh', 'kept']) await daemon.waitForStatus(name, 'RUNNING');
    expect(await daemon.pidOf('kept')).toBe(kept);
    expect(await daemon.pidOf('changed')).not.toBe(changed);
    expect(Object.keys(await daemon.status())).toEqual(['changed', 'fresh', 'kept']);
    expect(daemon.programs()).toHaveLength(3);
  });

  scenario('update of one group leaves the others', async () => {
    await using daemon = await startDaemon({ config: '' });
    daemon.sandbox.write('supervisord.conf', `[program:one]\n${forever}\n[program:two]\n${forever}`);
    expect(await daemon.ctl('update', 'nope', 'two')).toEqual(
      fails(1, 'ERROR: no such group: nope', 'two: added process group'),
    );
    expect(Object.keys(await daemon.status())).toEqual(['two']);
    expect(await daemon.ctl('update', 'all')).toEqual(says('one: added process group'));
  });

  scenario('a broken file changes nothing', async () => {
    await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
    await daemon.waitForStatus('any', 'RUNNING');
    const pid = await daemon.pidOf('any');
    daemon.sandbox.write('supervisord.conf', `[program:any]\n${forever}\nautorestart=sometimes`);
    const reread = await daemon.ctl('reread');
    expect(reread.status).toBe(1);
    expect(reread.stdout).toMatch(/^ERROR: CANT_REREAD: invalid 'autorestart' value 'sometimes'/);
    const update = await daemon.ctl('update');
    expect(update.status).toBe(1);
    expect(update.stdout).toContain("CANT_REREAD: invalid 'autorestart' value 'sometimes'");
    expect(await daemon.pidOf('any')).toBe(pid);
  });

  scenario('add and remove take groups in and out', async () => {
    await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
    await daemon.waitForStatus('any', 'RUNNING');
    expect(await daemon.ctl('remove', 'any')).toEqual(fails(1, 'ERROR: process/group still running: any'));
    await daemon.ctl('stop', 'any');
    expect(await daemon.ctl('remove', 'any')).toEqual(says('any: removed process group'));
    expect(await daemon.ctl('status')).toEqual(says());
    expect(await daemon.ctl('remove', 'any')).toEqual(fails(1, 'ERROR: no such process/group: any'));
    expect(await daemon.ctl('add', 'any')).toEqual(says('any: added process group'));
    expect(await daemon.ctl('add', 'any')).toEqual(says('ERROR: process group already active'));
    expect(await daemon.ctl('add', 'nope')).toEqual(fails(1, 'ERROR: no such process/group: nope'));
    await daemon.waitForStatus('any', 'RUNNING');
  });

  scenario('avail lists what is configured', async () => {
    await using daemon = await startDaemon({ config: `[program:one]\n${forever}\npriority=7` });
    daemon.sandbox.write('supervisord.conf', `[program:one]\n${forever}\npriority=7\n[program:two]\n${manual}`);
    await daemon.ctl('reread');
    expect(await daemon.ctl('avail')).toEqual(
      says(
        'one                              in use    auto      7:7',
        'two                              avail     manual    999:999',
      ),
    );
  });

  scenario('reload starts everything anew', async () => {
    await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
    await daemon.waitForStatus('any', 'RUNNING');
    const before = await daemon.pidOf('any');
    daemon.sandbox.write('supervisord.conf', `[program:any]\n${forever}\n[program:fresh]\n${forever}`);
    expect(await daemon.ctl('reload')).toEqual(says('Restarted supervisord'));
    await daemon.waitForStatus('fresh', 'RUNNING');
    await daemon.waitForStatus('any', 'RUNNING');
    expect(await daemon.pidOf('any')).not.toBe(before);
    expect((await daemon.ctl('pid')).stdout).toBe(`${daemon.pid}\n`);
  });

  scenario('shutdown is answered also where nothing has to be stopped', async () => {
    await using daemon = await startDaemon({ config: `[program:any]\n${manual}` });
    expect(await daemon.ctl('shutdown')).toEqual(says('Shut down'));
    expect((await daemon.command.ended()).status).toBe(0);
  });

  scenario('shutdown ends the daemon', async () => {
    await using daemon = await startDaemon({ config: `[program:any]\n${forever}` });
    await daemon.waitForStatus('any', 'RUNNING');
    expect(await daemon.ctl('shutdown')).toEqual(says('Shut down'));
    expect((await daemon.command.ended()).status).toBe(0);
    const url = `unix://${daemon.sandbox.path('supervisor.sock')}`;
    const again = await daemon.ctl('shutdown');
    expect({ ...again, stderr: '' }).toEqual(fails(1, `ERROR: ${url} no such file (already shut down?)`));
  });
});
