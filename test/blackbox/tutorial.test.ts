/** The kind of configuration that tutorials teach, with every quirk of theirs, boots as it is. */
import { cpSync } from 'node:fs';
import { expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { processStatus } from '../helpers/process-table.ts';
import { inRepository, Sandbox } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';

/** A sandbox with a copy of config-samples/tutorial; its socket is `run/supervisor.sock`. */
function tutorial(): Sandbox {
  const sandbox = new Sandbox({ files: {} });
  cpSync(inRepository('config-samples/tutorial'), sandbox.folder, {
    recursive: true,
    filter: (source) => !/\/run\/(?!\.gitignore)/.test(source),
  });
  return sandbox;
}

const place = { socket: 'run/supervisor.sock', pidFile: 'run/supervisord.pid', logFile: 'run/supervisord.log' };

scenario(
  'the tutorial sample boots unchanged',
  async () => {
    await using sandbox = tutorial();
    await using daemon = await startDaemon({ sandbox, ...place, foreground: false });
    const rows = daemon.status.bind(daemon);
    for (const number of ['00', '01', '02']) await daemon.waitForStatus(`background:worker_${number}`, 'RUNNING');
    await daemon.waitForStatus('hardware', 'RUNNING');
    const broken = await daemon.waitForStatus('broken', 'FATAL');
    expect(broken.description).toBe("can't find command '/no/such/command'");
    expect(Object.entries(await rows()).map(([name, { state }]) => `${name} ${state}`)).toEqual([
      'background:oneshot EXITED',
      'background:worker_00 RUNNING',
      'background:worker_01 RUNNING',
      'background:worker_02 RUNNING',
      'broken FATAL',
      'hardware RUNNING',
    ]);
    expect((await daemon.ctl('status')).status).toBe(3);

    const directory = sandbox.path('hardware-server');
    const said = await daemon.waitForFile('run/hardware_out.log', 'a line on stderr\n');
    expect(said).toBe(
      `cwd=${directory} args=--port 9100 lib=${directory}/lib greeting=hello, 世界\na line on stderr\n`,
    );
    for (const number of ['00', '01', '02']) {
      expect(await daemon.waitForFile(`run/worker_${number}.log`, 'tick')).toMatch(
        new RegExp(`^(tick ${number}\\n)+$`),
      );
      expect(sandbox.read(`run/worker_${number}.err`)).toBe('');
    }
    expect(sandbox.has('run/oneshot.log')).toBe(false);
    expect(processStatus(await daemon.pidOf('hardware')).Uid?.split('\t')[0]).toBe('0');
    expect(daemon.messagesAbout('broken')).toEqual([
      'INFO gave up: broken entered FATAL state, too many start retries too quickly',
    ]);
    const spawnErrors = daemon.messages().filter((message) => message.startsWith('INFO spawnerr:'));
    expect(spawnErrors).toEqual(Array(4).fill("INFO spawnerr: can't find command '/no/such/command'"));
    expect(daemon.messagesAbout('oneshot')).toEqual([
      "INFO spawned: 'oneshot' with pid N",
      'INFO success: oneshot entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)',
      'INFO exited: oneshot (exit status 0; expected)',
    ]);
  },
  { asRoot: true },
);

scenario(
  'the commands that tutorials teach work on it',
  async () => {
    await using sandbox = tutorial();
    await using daemon = await startDaemon({ sandbox, ...place, foreground: false });
    await daemon.waitForStatus('hardware', 'RUNNING');
    const before = await daemon.pidOf('hardware');
    expect((await daemon.ctl('stop', 'hardware')).stdout).toBe('hardware: stopped\n');
    expect(await daemon.waitForFile('run/hardware_out.log', 'stopping')).toMatch(/stopping\n$/);
    expect((await daemon.ctl('start', 'hardware')).stdout).toBe('hardware: started\n');
    expect((await daemon.ctl('restart', 'hardware')).stdout).toBe('hardware: stopped\nhardware: started\n');
    expect(await daemon.pidOf('hardware')).not.toBe(before);
    const workers = await daemon.pidOf('background:worker_00');

    sandbox.write('conf.d/extra.ini', '[program:extra]\ncommand=sleep 86400\nstartsecs=0\n');
    expect((await daemon.ctl('update')).stdout).toBe('extra: added process group\n');
    await daemon.waitForStatus('extra', 'RUNNING');
    expect(await daemon.pidOf('background:worker_00')).toBe(workers);

    expect((await daemon.ctl('reload')).stdout).toBe('Restarted supervisord\n');
    await daemon.waitForStatus('hardware', 'RUNNING');
    await daemon.waitForStatus('extra', 'RUNNING');
    expect(await daemon.pidOf('background:worker_00')).not.toBe(workers);
    expect((await daemon.ctl('shutdown')).stdout).toBe('Shut down\n');
    await daemon.waitForEnd();
    expect([sandbox.has(place.socket), sandbox.has(place.pidFile)]).toEqual([false, false]);
  },
  { asRoot: true },
);

scenario(
  'without the rights of root the one program that asks for them ends FATAL and says why',
  async () => {
    await using sandbox = tutorial();
    await using daemon = await startDaemon({
      sandbox,
      ...place,
      shell: 'chmod 777 . run; exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" "$@"',
    });
    await daemon.waitForStatus('hardware', 'FATAL');
    for (const number of ['00', '01', '02']) await daemon.waitForStatus(`background:worker_${number}`, 'RUNNING');
    const attempt =
      "supervisor: couldn't setuid to 0: Can't drop privilege as nonroot user\n" +
      'supervisor: child process was not spawned\n';
    expect(sandbox.read('run/hardware_out.log')).toBe(attempt.repeat(4));
  },
  { asRoot: true },
);
