/** Who is connected while the daemon is replaced by another version, or connects just then, is served all the same. */
import { readFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { connectXmlRpc } from '../../src/client/xml-rpc-client.ts';
import { freePort } from '../helpers/free-port.ts';
import { Installation } from '../helpers/installation.ts';
import { Lives } from '../helpers/lives.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { pause, waitFor } from '../helpers/wait.ts';

const oursOnly = { oursOnly: true };

const counter = `[program:counter]\ncommand=${fixture('counts', 'x', 20, '0.05')}\nstartsecs=0\nstopwaitsecs=60
stdout_logfile=%(here)s/counter.log\n`;

/** How a request on a connection of its own fares: the status, or what the system said. */
async function ask(address: NetConnectOpts): Promise<string> {
  const socket = connect(address);
  const failure = new Promise<string>((resolve) => {
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
  });
  socket.end('GET /robots.txt HTTP/1.0\r\n\r\n');
  const answer = text(socket).then(
    (words) => words.split('\r\n')[0] ?? '',
    () => 'broken off',
  );
  return await Promise.race([failure, answer]);
}

describe('during an upgrade', () => {
  scenario(
    'whoever connects is answered, over the unix socket and over TCP',
    async () => {
      using installation = new Installation();
      const port = await freePort();
      await using lives = await Lives.begin(
        `${counter}[inet_http_server]\nport=127.0.0.1:${port}\nusername=u\npassword=p\n`,
        { commands: installation.commands },
      );
      const addresses = [{ path: lives.sandbox.path('supervisor.sock') }, { host: '127.0.0.1', port }];
      const fares = new Map<string, number>();
      const loop = { ends: false };
      const asking = addresses.map(async (address) => {
        while (!loop.ends) {
          const fare = await ask(address);
          fares.set(fare, (fares.get(fare) ?? 0) + 1);
          await pause(2);
        }
      });
      for (const version of ['9.0.1', '9.0.2']) {
        installation.install(version);
        expect((await lives.daemon.ctl('upgrade')).status).toBe(0);
      }
      loop.ends = true;
      await Promise.all(asking);
      const kinds = [...fares.keys()].map((fare) => fare.replace(/^HTTP\/1\.\d (\d+) .*/, '$1')).sort();
      expect(kinds).toEqual(['401', '404']);
    },
    oursOnly,
  );

  scenario(
    'tail -f goes on where it was, through rotation, and ends with the daemon',
    async () => {
      using installation = new Installation();
      await using lives = await Lives.begin(`${counter}stdout_logfile_maxbytes=2KB\nstdout_logfile_backups=1000\n`, {
        commands: installation.commands,
      });
      const tail = lives.sandbox.startCtl('tail', '-f', 'counter');
      await waitFor('the first lines', () => /line \d+\n$/.test(tail.stdout));
      let reached = 0;
      for (const version of ['9.0.1', '9.0.2', '9.0.3']) {
        installation.install(version);
        expect((await lives.daemon.ctl('upgrade')).status).toBe(0);
        reached = Number(tail.stdout.match(/\d+(?=\n$)/)?.[0] ?? reached) + 100;
        await waitFor(`line ${reached}`, () => tail.stdout.includes(`line ${reached}\n`));
      }
      await lives.daemon.ctl('stop', 'counter');
      const last = /last \d+\n$/.exec(lives.wholeLog('counter.log'))?.[0] ?? 'nothing';
      await waitFor('the last line', () => tail.stdout.endsWith(last));
      lives.daemon.signal('SIGTERM');
      const { stdout } = await tail.ended();
      const shown = stdout.slice(stdout.indexOf('\n') + 1);
      const whole = lives.wholeLog('counter.log');
      expect(whole.slice(whole.length - shown.length) === shown).toBe(true);
    },
    oursOnly,
  );

  scenario(
    'fg stays in the foreground, and maintail -f in the log of the daemon',
    async () => {
      using installation = new Installation();
      await using lives = await Lives.begin(
        `[program:reader]\ncommand=${fixture('echo-stdin')}\nstartsecs=0\nstdout_logfile=%(here)s/reader.log\n`,
        { commands: installation.commands },
      );
      await lives.daemon.waitForFile('reader.log', 'ready');
      const foreground = lives.sandbox.startCtl('fg', 'reader');
      const main = lives.sandbox.startCtl('maintail', '-f');
      await waitFor('the log', () => foreground.stdout.includes('ready') && main.stdout.includes('spawned:'));
      foreground.write('one\n');
      await waitFor('an answer', () => foreground.stdout.includes('got one\n'));
      installation.install('9.0.0');
      expect((await lives.daemon.ctl('upgrade')).status).toBe(0);
      foreground.write('two\n');
      await waitFor('another answer', () => foreground.stdout.includes('got two\n'));
      expect(foreground.stdout).toBe('==> Press Ctrl-C to exit <==\nready\ngot one\ngot two\n');
      await waitFor('the new version', () => main.stdout.includes("adopted: 'reader'"));
      foreground.signal('SIGINT');
      await foreground.ended();
      main.signal('SIGINT');
      const shown = (await main.ended()).stdout;
      const lines = shown.split('\n').filter((line) => /^\d{4}-/.test(line));
      const log = readFileSync(lives.sandbox.path('supervisord.log'), 'utf8');
      expect(log).toContain(`${lines.join('\n')}\n`);
    },
    oursOnly,
  );

  scenario(
    'a client of XML-RPC that keeps its connection finds the new version with its next call',
    async () => {
      using installation = new Installation();
      await using lives = await Lives.begin(counter, { commands: installation.commands });
      const client = connectXmlRpc({ path: lives.sandbox.path('supervisor.sock'), username: null, password: null });
      const before = await client.call('supervisor.getProcessInfo', 'counter');
      installation.install('9.0.0');
      expect((await lives.daemon.ctl('upgrade')).status).toBe(0);
      const after = await client.call('supervisor.getProcessInfo', 'counter');
      client.close();
      const pidOf = (info: unknown) => new Map(Object.entries(info ?? {})).get('pid');
      expect(pidOf(after)).toBe(pidOf(before));
    },
    oursOnly,
  );

  scenario(
    'the shell asks the new version with its next command',
    async () => {
      using installation = new Installation();
      await using lives = await Lives.begin(counter, { commands: installation.commands });
      const shell = lives.sandbox.startCtl();
      shell.write('pid\n');
      await waitFor('the pid', () => shell.stdout.includes(`${lives.daemon.pid}\n`));
      installation.install('9.0.0');
      shell.write('upgrade\n');
      await waitFor('the upgrade', () => shell.stdout.includes('Upgraded supervisord from'));
      shell.write('status\n');
      await waitFor('the status', () => /counter +RUNNING/.test(shell.stdout));
      shell.endInput();
      await shell.ended();
    },
    oursOnly,
  );
});
