/** The control port as somebody meets it who may do little, or nothing at all: with the real commands. */
import { execFile } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { fails, says } from '../helpers/answers.ts';
import { type Daemon, startDaemon } from '../helpers/daemon.ts';
import { freePort } from '../helpers/free-port.ts';
import { fixture, inRepository, Sandbox } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';

const ours = { oursOnly: true };
const program = `[program:web]\ncommand=${fixture('forever')}\nstartsecs=0\n`;
const users =
  '[user:alice]\npassword=wonder\n[user:bob]\npassword=builder\nrole=operate\n[user:carol]\npassword=kett\nrole=admin\n';

/** The lines about control actions, without their time and with numbers replaced. */
const actionsIn = (daemon: Daemon): readonly string[] =>
  daemon
    .log()
    .split('\n')
    .flatMap((line) => /INFO (control: .*)$/.exec(line)?.slice(1) ?? [])
    .map((line) => line.replace(/pid=\d+/, 'pid=N').replace(/127\.0\.0\.1:\d+/, '127.0.0.1:N'));

const basic = (text: string): Readonly<Record<string, string>> => ({
  Authorization: `Basic ${Buffer.from(text).toString('base64')}`,
});

describe('users', () => {
  scenario(
    'may do what their role says, and the log tells who did what from where',
    async () => {
      const port = await freePort();
      await using daemon = await startDaemon({
        config: `[inet_http_server]\nport=127.0.0.1:${port}\n${users}${program}`,
      });
      await daemon.waitForStatus('web', 'RUNNING');
      const as = (name: string, password: string, ...words: readonly string[]) =>
        daemon.ctl('-s', `http://127.0.0.1:${port}`, '-u', name, '-p', password, ...words);
      expect((await as('alice', 'wonder', 'status')).stdout).toMatch(/^web +RUNNING/);
      expect(await as('alice', 'wonder', 'stop', 'web')).toEqual(fails(1, 'web: ERROR (not allowed)'));
      expect(await as('bob', 'builder', 'stop', 'web')).toEqual(says('web: stopped'));
      const refused = await as('bob', 'builder', 'shutdown');
      expect(refused.stdout).toContain(
        "<Fault 403: 'FORBIDDEN: supervisor.shutdown needs the role admin, yours is operate'>",
      );
      expect(refused.stderr).toContain('hint: the user given');
      expect(await as('carol', 'kett', 'start', 'web')).toEqual(says('web: started'));
      expect((await as('alice', 'builder', 'status')).status).toBe(1);
      expect(await daemon.ctl('restart', 'web')).toEqual(says('web: stopped', 'web: started'));
      const uid = process.getuid?.();
      expect(actionsIn(daemon)).toEqual([
        'control: stopProcess web by alice from 127.0.0.1:N -> FORBIDDEN',
        'control: stopProcess web by bob from 127.0.0.1:N -> true',
        'control: shutdown by bob from 127.0.0.1:N -> FORBIDDEN',
        'control: startProcess web by carol from 127.0.0.1:N -> true',
        `control: stopProcess web by uid=${uid} pid=N over unix -> true`,
        `control: startProcess web by uid=${uid} pid=N over unix -> true`,
      ]);
    },
    ours,
  );

  scenario(
    'see on the page only what they may do, and a refused order does nothing',
    async () => {
      const port = await freePort();
      await using daemon = await startDaemon({
        config: `[inet_http_server]\nport=127.0.0.1:${port}\n${users}${program}`,
      });
      await daemon.waitForStatus('web', 'RUNNING');
      const url = `http://127.0.0.1:${port}`;
      const page = async (user: string) => (await fetch(url, { headers: basic(user) })).text();
      expect(await page('bob:builder')).toMatch(/action=stopall[\s\S]*action=restart"/);
      expect((await page('alice:wonder')).match(/action=\w+/g)).toEqual(['action=refresh']);
      const order = await fetch(`${url}/index.html?action=stopall`, {
        headers: basic('alice:wonder'),
        redirect: 'manual',
      });
      expect(order.status).toBe(403);
      expect((await daemon.status()).web?.state).toBe('RUNNING');
    },
    ours,
  );

  scenario(
    'who are guessed at are protected from the one that guesses, and others come in',
    async () => {
      const port = await freePort();
      await using daemon = await startDaemon({
        config: `[inet_http_server]\nport=127.0.0.1:${port}\n[inet_http_server:other]\nport=127.0.0.2:${port}\n${users}`,
      });
      const url = `http://127.0.0.1:${port}`;
      const statuses: number[] = [];
      for (let guess = 0; guess < 12; guess += 1) {
        statuses.push((await fetch(url, { headers: basic(`alice:guess ${guess}`) })).status);
      }
      expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
      const right = await fetch(url, { headers: basic('alice:wonder') });
      expect([right.status, Number(right.headers.get('retry-after')) > 0]).toEqual([429, true]);
      const curl = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--interface', '127.0.0.3', '-u', 'alice:wonder'];
      expect((await promisify(execFile)('curl', [...curl, url])).stdout).toBe('200');
      expect((await daemon.ctl('pid')).stdout).toBe(`${daemon.pid}\n`);
      const failures = daemon.messages().filter((message) => message.includes('login failed'));
      expect(failures).toHaveLength(10);
      expect(failures[0]).toMatch(/^WARN login failed: user 'alice' from 127\.0\.0\.1:\d+$/);
    },
    ours,
  );
});

describe('a server without a password', () => {
  scenario(
    'does not listen where other machines can reach it, at a start and at a reload',
    async () => {
      const port = await freePort();
      for (const address of [`*:${port}`, `${port}`, `0.0.0.0:${port}`, `192.0.2.1:${port}`, `some.host:${port}`]) {
        await using sandbox = new Sandbox({ files: `[inet_http_server]\nport=${address}\n` });
        const { status, stdout, stderr } = await sandbox.supervisord('-n', '-c', sandbox.configuration);
        expect([status, stdout]).toEqual([2, '']);
        expect(stderr).toMatch(
          /^Error: \[inet_http_server\] would let everybody who can reach \S+ control this machine: /m,
        );
        expect(stderr).toContain('allow_unauthenticated=true');
      }
      await using daemon = await startDaemon({ config: program });
      const text = daemon.sandbox.read('supervisord.conf');
      daemon.sandbox.write('supervisord.conf', `;raw\n${text}\n[inet_http_server]\nport=${port}\n`);
      const reload = await daemon.ctl('reload');
      expect(`${reload.stdout}${reload.stderr}`).toContain('would let everybody');
      expect((await daemon.status()).web?.state).toBe('RUNNING');
    },
    ours,
  );

  scenario(
    'listens everywhere when it is told to, and may be one for looking only',
    async () => {
      const port = await freePort();
      await using daemon = await startDaemon({
        config: `[inet_http_server]\nport=*:${port}\nallow_unauthenticated=true\nanonymous_role=view\n${program}`,
      });
      await daemon.waitForStatus('web', 'RUNNING');
      const url = `http://127.0.0.1:${port}`;
      expect((await daemon.ctl('-s', url, 'status')).stdout).toMatch(/^web +RUNNING/);
      expect(await daemon.ctl('-s', url, 'stop', 'web')).toEqual(fails(1, 'web: ERROR (not allowed)'));
    },
    ours,
  );
});

describe('TLS', () => {
  scenario(
    'guards supervisorctl, the web page and what programs are told',
    async () => {
      const port = await freePort();
      const config = `[inet_http_server]
port=127.0.0.1:${port}
username=me
password=sesame
tls_certificate=%(here)s/server.pem
tls_key=%(here)s/server.key
[supervisorctl]
tls_ca=%(here)s/ca.pem
[program:web]
command=/bin/sh -c 'echo $SUPERVISOR_SERVER_URL; exec sleep 1000'
startsecs=0
stdout_logfile=%(here)s/web.log
`;
      await using sandbox = new Sandbox({
        files: `;raw
[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
childlogdir=%(here)s/childlog
[unix_http_server:x]
file=%(here)s/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
${config}`,
      });
      for (const name of ['server.pem', 'server.key', 'ca.pem']) {
        copyFileSync(inRepository(`test/fixtures/tls/${name}`), sandbox.path(name));
      }
      await using daemon = await startDaemon({ sandbox });
      const login = ['-s', `https://localhost:${port}`, '-u', 'me', '-p', 'sesame'];
      expect(await daemon.ctl(...login, 'pid')).toEqual(says(String(daemon.pid)));
      expect(await daemon.ctl(...login, 'stop', 'web')).toEqual(says('web: stopped'));
      expect(actionsIn(daemon)).toEqual(['control: stopProcess web by me from 127.0.0.1:N over TLS -> true']);
      const curl = [
        '-s',
        '--cacert',
        sandbox.path('ca.pem'),
        '-u',
        'me:sesame',
        `https://localhost:${port}/index.html?action=refresh`,
      ];
      const { stdout } = await promisify(execFile)('curl', ['-D', '-', ...curl]);
      expect(stdout).toMatch(new RegExp(`^Location: https://localhost:${port}/\\?message=`, 'm'));
      const distrust = await daemon.ctl('-c', '/dev/null', ...login, 'pid');
      expect(distrust.status).not.toBe(0);
    },
    ours,
  );

  scenario(
    'with a broken certificate keeps a daemon from starting and from reloading',
    async () => {
      const port = await freePort();
      const section = `[inet_http_server]\nport=127.0.0.1:${port}\ntls_certificate=%(here)s/server.pem\ntls_key=%(here)s/server.key\n`;
      await using daemon = await startDaemon({ config: program });
      const { sandbox } = daemon;
      copyFileSync(inRepository('test/fixtures/tls/server.pem'), sandbox.path('server.pem'));
      copyFileSync(inRepository('test/fixtures/tls/renewed.key'), sandbox.path('server.key'));
      sandbox.write('supervisord.conf', `;raw\n${sandbox.read('supervisord.conf')}\n${section}`);
      const reload = await daemon.ctl('reload');
      expect(`${reload.stdout}${reload.stderr}`).toContain('cannot speak TLS');
      expect((await daemon.status()).web?.state).toBe('RUNNING');
      const start = await sandbox.supervisord('-n', '-c', sandbox.configuration);
      expect(start.status).toBe(2);
      expect(start.stderr).toMatch(/^Error: \[inet_http_server\] cannot speak TLS: .*key values mismatch/m);
    },
    ours,
  );
});

describe('secrets', () => {
  scenario(
    'appear in no log, no status, no page, no answer and no message about a mistake',
    async () => {
      const port = await freePort();
      const secrets = ['s3cret-of-server', 's3cret-of-user', 's3cret-of-program', 's3cret-typed', 's3cret%guess'];
      const config = `[supervisord]
loglevel=blather
[inet_http_server]
port=127.0.0.1:${port}
username=me
password=${secrets[0]}
[user:alice]
password=${secrets[1]}
[program:web]
command=${fixture('forever')} --password=${secrets[2]}
environment=TOKEN="${secrets[2]}"
startsecs=0
[program:gone]
command=/no/such/thing --password=${secrets[2]}
environment=TOKEN="${secrets[2]}"
startretries=0
`;
      await using daemon = await startDaemon({ config });
      await daemon.waitForStatus('web', 'RUNNING');
      const url = `http://127.0.0.1:${port}`;
      const alice = basic(`alice:${secrets[1]}`);
      const login = ['-s', url, '-u', 'alice', '-p', secrets[1] ?? ''];
      const body = '<methodCall><methodName>supervisor.getAllConfigInfo</methodName><params></params></methodCall>';
      const seen = [
        JSON.stringify(await daemon.ctl('-s', url, '-u', 'me', '-p', secrets[4] ?? '', 'status')),
        JSON.stringify(await daemon.ctl('-s', `http://me:${secrets[3]}@127.0.0.1:1`, 'status')),
        JSON.stringify(await daemon.ctl(...login, 'status')),
        JSON.stringify(await daemon.ctl(...login, 'avail')),
        await (await fetch(url, { headers: alice })).text(),
        await (
          await fetch(`${url}/RPC2`, { method: 'POST', body, headers: { ...alice, 'Content-Type': 'text/xml' } })
        ).text(),
      ];
      const stdin = `<methodCall><methodName>supervisor.sendProcessStdin</methodName><params><param><value>web</value></param><param><value>${secrets[3]}</value></param></params></methodCall>`;
      await fetch(`${url}/RPC2`, { method: 'POST', body: stdin, headers: basic(`me:${secrets[0]}`) });
      daemon.sandbox.write(
        'supervisord.conf',
        `;raw\n${daemon.sandbox.read('supervisord.conf')}\n[unix_http_server:y]\nfile=x\nusername=u\npassword=${secrets[4]}\n` +
          `[program:bad]\ncommand=/bin/cat\nenvironment=TOKEN=${secrets[2]},OTHER\n`,
      );
      daemon.signal('SIGHUP');
      await daemon.waitForLog('not restarting, since the configuration is invalid');
      const check = await daemon.sandbox.supervisord('--test', '-c', daemon.sandbox.configuration);
      expect(check.stderr).toContain('a percent sign is written %%');
      // The first line is Supervisor's, which shows a broken environment to whoever wrote it.
      seen.push(check.stderr.replace(/^Error: .*\n/, ''), daemon.log());
      for (const text of seen) for (const secret of secrets) expect(text).not.toContain(secret);
    },
    ours,
  );
});
