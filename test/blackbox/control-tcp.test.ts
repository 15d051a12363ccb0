/** `supervisorctl` and our daemon over TCP: the same answers as over the unix socket, with a password and without. */
import { describe, expect } from 'vitest';
import { says } from '../helpers/answers.ts';
import { startDaemon } from '../helpers/daemon.ts';
import { freePort } from '../helpers/free-port.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const listens = `[program:listens]\ncommand=${fixture('says-signals')}\nstartsecs=0\nstdout_logfile=%(here)s/out`;

describe('supervisorctl over TCP', () => {
  scenario('controls processes and follows their logs', async () => {
    const port = await freePort();
    await using daemon = await startDaemon({
      config: `[inet_http_server]\nport=127.0.0.1:${port}\nusername=me\npassword=open:sesame\n${listens}`,
    });
    await daemon.waitForStatus('listens', 'RUNNING');
    await daemon.waitForFile('out', 'ready');
    const login = ['-s', `http://localhost:${port}`, '-u', 'me', '-p', 'open:sesame'];
    expect(await daemon.ctl(...login, 'pid')).toEqual(says(String(daemon.pid)));
    const tail = daemon.sandbox.startCtl(...login, 'tail', '-f', 'listens');
    await waitFor('what was there', () => tail.stdout.includes('ready'));
    expect(await daemon.ctl(...login, 'signal', 'HUP', 'listens')).toEqual(says('listens: signalled'));
    await waitFor('what came', () => tail.stdout.includes('got HUP'));
    tail.signal('SIGINT');
    expect(await tail.ended()).toEqual(says('==> Press Ctrl-C to exit <==', 'ready', 'got HUP', ''));
    expect(await daemon.ctl(...login, 'stop', 'listens')).toEqual(says('listens: stopped'));
  });

  scenario('is refused without the right password', async () => {
    const port = await freePort();
    await using daemon = await startDaemon({
      config: `[inet_http_server]\nport=127.0.0.1:${port}\nusername=me\npassword=secret\n${listens}`,
    });
    for (const password of ['wrong', '']) {
      const refused = await daemon.ctl('-s', `http://127.0.0.1:${port}`, '-u', 'me', '-p', password, 'status');
      expect(refused.status).toBe(1);
      expect(refused.stdout).toMatch(
        /^Server requires authentication\nerror: <class 'xmlrpc\.client\.ProtocolError'>, <ProtocolError for 127\.0\.0\.1\/RPC2: 401 Unauthorized>: file: \S+ line: \d+\n$/,
      );
    }
  });
});
