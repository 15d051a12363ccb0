/** A configuration that was edited with mistakes in it: nothing changes until it is right. */
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { scenario } from '../helpers/scenario.ts';
import { bystander, echo, witness } from './witness.ts';

const wrong = 'startsecs=soon\nautorestart=perhaps';

describe('a configuration with mistakes', () => {
  scenario(
    'changes nothing whatever is asked, is complained about to whoever asks, and is taken when it is right',
    async () => {
      const included = (more: string): string => `[include]\nfiles=more.ini\n${more}`;
      await using daemon = await startDaemon({
        config: { 'supervisord.conf': bystander + included(''), 'more.ini': echo('other') },
      });
      const seen = await witness(daemon, 'other');
      const { pid } = await seen.info('other');
      for (const text of [
        echo('other', wrong),
        '[program:other]\nstartsecs=1\n',
        'no section\n',
        '[program:other\ncommand=cat\n',
        echo('other', 'command=%(nothing)s'),
        echo('other', 'stdout_logfile=/no/such/directory/log'),
        `${echo('other')}[group:all]\nprograms=nobody\n`,
        Buffer.from([0xff, 0xfe, 0x00, 0x80]).toString('latin1'),
      ]) {
        daemon.sandbox.write('more.ini', text);
        await expect(seen.call('reloadConfig')).rejects.toThrow(/^CANT_REREAD: ./);
        await expect(seen.call('restart')).rejects.toThrow(/^CANT_REREAD: ./);
        expect((await seen.info('other')).pid).toBe(pid);
        await seen.expectService();
      }
      for (const command of ['reread', 'update', 'reload']) {
        const { stdout, status } = await daemon.ctl(command);
        expect([command, stdout, status]).toEqual([command, expect.stringMatching(/^(ERROR|error): ./), 1]);
      }
      expect(seen.troubles()).toEqual([]);
      daemon.sandbox.write('more.ini', echo('other') + echo('third'));
      expect((await daemon.ctl('update')).stdout).toBe('third: added process group\n');
      expect((await seen.info('other')).pid).toBe(pid);
      await seen.expectNothingLeft({ descriptors: 3 });
    },
    { oursOnly: true },
  );

  scenario(
    'that a HUP finds costs one message with the reason, and no restart',
    async () => {
      await using daemon = await startDaemon({ config: bystander });
      const seen = await witness(daemon);
      daemon.sandbox.write('supervisord.conf', `${bystander}${wrong}\n`);
      daemon.signal('SIGHUP');
      await seen.expectTroubles(
        /^WARN received SIGHUP indicating restart request$/,
        /^CRIT not restarting, since the configuration is invalid: \S+:\d+: \[program:bystander\] autorestart = "perhaps": expected true, false/,
      );
      await seen.expectService();
      daemon.sandbox.write('supervisord.conf', bystander);
      daemon.signal('SIGHUP');
      await daemon.waitForLog(/supervisord started with pid.*supervisord started with pid/s);
      await seen.waitForState('bystander', 'RUNNING');
    },
    { oursOnly: true },
  );

  scenario(
    'or that is not there at all is no reason to end',
    async () => {
      await using daemon = await startDaemon({
        config: { 'supervisord.conf': `${bystander}[include]\nfiles=more.ini`, 'more.ini': '' },
      });
      const seen = await witness(daemon);
      await daemon.sandbox.shell('mv supervisord.conf away.conf; mkdir supervisord.conf');
      await expect(seen.call('reloadConfig')).rejects.toThrow(/CANT_REREAD/);
      await expect(seen.call('restart')).rejects.toThrow(/CANT_REREAD/);
      daemon.signal('SIGHUP');
      await seen.expectTroubles(/received SIGHUP/, /^CRIT not restarting, since the configuration is invalid/);
      await seen.expectService();
      await daemon.sandbox.shell('rmdir supervisord.conf; mv away.conf supervisord.conf');
      await seen.call('reloadConfig');
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );
});
