/** The web pages as scripts and dashboards use them, over the daemon's socket. */
import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { describe, expect } from 'vitest';
import { type Daemon, startDaemon } from '../helpers/daemon.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a form does. */
  readonly form?: string;
}

async function ask(daemon: Daemon, path: string, { method, headers, form }: Asking = {}): Promise<Answer> {
  const asked = request({
    socketPath: daemon.sandbox.path('supervisor.sock'),
    path,
    method: method ?? (form === undefined ? 'GET' : 'POST'),
    headers: { Host: 'shop:9001', ...(form === undefined ? {} : { 'Content-Length': form.length }), ...headers },
  });
  asked.end(form);
  const [response] = await once(asked, 'response');
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

/** The sentence that an action leads to, with any time of day as TIME. */
async function act(daemon: Daemon, query: string, asking?: Asking): Promise<string> {
  const { status, headers } = await ask(daemon, `/index.html?${query}`, asking);
  const [, message] = /^http:\/\/shop:9001\/\?message=(.*)$/.exec(headers.location ?? '') ?? [];
  if (status !== 301 || message === undefined) return `${status} ${headers.location ?? ''}`;
  return decodeURIComponent(message).replace(/\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/, 'TIME');
}

const sleeper = 'command=sleep 86400\nstartsecs=0';

/** Every state shown, in the order of the rows. */
const shownStates = ({ body }: Answer): readonly string[] =>
  [...body.matchAll(/<td class="status">\s*<span class="(\w+)">(\w+)<\/span>/g)].map(
    ([, kind, state]) => `${kind} ${state}`,
  );

const shownNames = ({ body }: Answer): readonly (string | undefined)[] =>
  [...body.matchAll(/href="tail\.html\?processname=([^"]*)"[^>]*>([^<]*)</g)].map(([, , name]) => name);

describe('the status page', () => {
  scenario('shows every process with its state, sorted by group and name, under both addresses', async () => {
    await using daemon = await startDaemon({
      config: `[program:web]\n${sleeper}
[program:doomed]\ncommand=false\nstartretries=0
[program:later]\n${sleeper}\nautostart=false
[program:job]\n${sleeper}\nprocess_name=%(program_name)s_%(process_num)d\nnumprocs=2`,
    });
    await daemon.waitForStatus('doomed', 'FATAL');
    for (const path of ['/', '/index.html']) {
      const page = await ask(daemon, path);
      expect(page.status).toBe(200);
      expect(page.headers).toMatchObject({
        'content-type': 'text/html;charset=utf-8',
        pragma: 'no-cache',
        'cache-control': 'no-cache',
        expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
      });
      expect(page.body).toContain('<title>Supervisor Status</title>');
      expect(shownNames(page)).toEqual(['doomed', 'job:job_0', 'job:job_1', 'later', 'web']);
      expect(shownStates(page)).toEqual([
        'statuserror fatal',
        'statusrunning running',
        'statusrunning running',
        'statusnominal stopped',
        'statusrunning running',
      ]);
      expect(page.body).toMatch(/pid \d+, uptime 0:00:\d\d/);
    }
  });

  scenario('has the addresses that dashboards look for', async () => {
    await using daemon = await startDaemon({ config: `[program:a]\n${sleeper}\n[group:g]\nprograms=a` });
    const { body } = await ask(daemon, '/');
    expect([...body.matchAll(/<a [^>]*?href="((?:index|tail|logtail)[^"]*)"/g)].map(([, address]) => address)).toEqual([
      'index.html?action=refresh',
      'index.html?action=restartall',
      'index.html?action=stopall',
      'tail.html?processname=g%3Aa',
      'index.html?processname=g%3Aa&amp;action=restart',
      'index.html?processname=g%3Aa&amp;action=stop',
      'index.html?processname=g%3Aa&amp;action=clearlog',
      'logtail/g%3Aa',
      'logtail/g%3Aa/stderr',
    ]);
  });

  scenario('says so when there is nothing to manage', async () => {
    await using daemon = await startDaemon({});
    expect((await ask(daemon, '/')).body).toContain('No programs to manage');
  });

  scenario('is there without an RPC interface in the configuration, and acts', async () => {
    await using daemon = await startDaemon({
      config: `;raw
[unix_http_server]\nfile=%(here)s/supervisor.sock
[supervisord]\nlogfile=%(here)s/supervisord.log\npidfile=%(here)s/supervisord.pid\nminfds=256\nminprocs=1
[program:a]\n${sleeper}\nautostart=false`,
    });
    expect(await act(daemon, 'processname=a&action=start')).toBe('Process a started');
    expect(shownStates(await ask(daemon, '/'))).toEqual(['statusrunning running']);
  });

  scenario('answers 500 while the daemon stops', async () => {
    await using daemon = await startDaemon({
      config: `[program:stubborn]\ncommand=${fixture('ignores-term')}\nstopwaitsecs=3600\nstartsecs=0
stdout_logfile=%(here)s/out.log`,
    });
    await daemon.waitForFile('out.log', 'ready');
    const pid = await daemon.pidOf('stubborn');
    daemon.signal('SIGTERM');
    await waitFor('the pages to be refused', async () => (await ask(daemon, '/')).status === 500);
    expect((await ask(daemon, '/index.html?action=refresh')).status).toBe(500);
    process.kill(pid, 'SIGKILL');
    await daemon.waitForEnd();
  });
});

describe('actions', () => {
  scenario('act on one process, wait for the outcome and lead to a message', async () => {
    await using daemon = await startDaemon({ config: `[program:a]\n${sleeper}\nautostart=false` });
    expect(await act(daemon, 'processname=a&action=stop')).toBe('unexpected rpc fault [70] NOT_RUNNING: a');
    expect(await act(daemon, 'processname=a&action=start')).toBe('Process a started');
    const pid = await daemon.pidOf('a');
    expect(await act(daemon, 'processname=a&action=start')).toBe('ERROR: Process a: already started');
    expect(await act(daemon, 'processname=a&action=restart')).toBe('Process a restarted');
    expect(await daemon.pidOf('a')).not.toBe(pid);
    expect(await act(daemon, 'processname=a&action=stop')).toBe('Process a stopped');
    expect((await daemon.status('a')).a?.state).toBe('STOPPED');
  });

  scenario('act on all', async () => {
    await using daemon = await startDaemon({ config: `[program:a]\n${sleeper}\n[program:b]\n${sleeper}` });
    expect(await act(daemon, 'action=refresh')).toBe('Page refreshed at TIME');
    expect(await act(daemon, 'action=stopall')).toBe('All stopped at TIME');
    expect(shownStates(await ask(daemon, '/'))).toEqual(['statusnominal stopped', 'statusnominal stopped']);
    expect(await act(daemon, 'action=restartall')).toBe('All restarted at TIME');
    expect(shownStates(await ask(daemon, '/'))).toEqual(['statusrunning running', 'statusrunning running']);
  });

  scenario('say why a process does not start', async () => {
    await using daemon = await startDaemon({
      config: `[program:gone]\ncommand=/no/such/program\nautostart=false
[program:plain]\ncommand=%(here)s/supervisord.conf\nautostart=false
[program:brief]\ncommand=false\nautostart=false\nstartretries=0`,
    });
    expect(await act(daemon, 'processname=gone&action=start')).toBe('ERROR: Process gone: no such file');
    expect(await act(daemon, 'processname=plain&action=start')).toBe('ERROR: Process plain: file not executable');
    expect(await act(daemon, 'processname=brief&action=start')).toBe('ERROR: Process brief: spawn error');
    expect(await act(daemon, 'processname=gone&action=restart')).toBe('Process gone restarted');
  });

  scenario('name no group and nothing unknown', async () => {
    await using daemon = await startDaemon({ config: `[program:a]\n${sleeper}\n[group:g]\nprograms=a` });
    for (const name of ['a', 'g', 'g:*', 'nope']) {
      expect(await act(daemon, `processname=${name}&action=stop`)).toBe(`No such process named ${name}`);
    }
    for (const query of ['action=bogus', 'action=stop', 'action=bogus&processname=g:a']) {
      expect(await act(daemon, query)).toBe('500 ');
    }
    expect((await daemon.status()).a).toBeUndefined();
    expect((await daemon.status())['g:a']?.state).toBe('RUNNING');
  });

  scenario('clear a log', async () => {
    await using daemon = await startDaemon({
      config: '[program:a]\ncommand=sh -c "echo hello; exec sleep 86400"\nstartsecs=0\nstdout_logfile=%(here)s/a.log',
    });
    await daemon.waitForFile('a.log', 'hello\n');
    expect(await act(daemon, 'processname=a&action=clearlog')).toBe('Log for a cleared');
    expect(daemon.sandbox.read('a.log')).toBe('');
  });

  scenario('come in a form as well, which wins over the address', async () => {
    await using daemon = await startDaemon({ config: `[program:a]\n${sleeper}` });
    expect(await act(daemon, 'action=start', { form: 'action=stop&processname=a' })).toBe('Process a stopped');
  });

  scenario(
    'that another site made a browser ask for change nothing',
    async () => {
      await using daemon = await startDaemon({ config: `[program:a]\n${sleeper}` });
      const foreign = [
        { 'Sec-Fetch-Site': 'cross-site' },
        { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'https://elsewhere.example' },
        { Origin: 'null' },
        { Referer: 'https://elsewhere.example/shop:9001' },
      ];
      for (const headers of foreign) {
        for (const asking of [{ headers }, { headers, form: 'action=stopall' }]) {
          const { status, body } = await ask(daemon, '/?action=stopall', asking);
          expect([status, body]).toEqual([403, expect.stringContaining('the request comes from another site')]);
        }
      }
      expect((await daemon.status('a')).a?.state).toBe('RUNNING');
      expect(await act(daemon, 'action=stopall', { headers: { 'Sec-Fetch-Site': 'same-origin' } })).toBe(
        'All stopped at TIME',
      );
      expect(await act(daemon, 'action=refresh', { headers: { Referer: 'http://shop:9001/' } })).toBe(
        'Page refreshed at TIME',
      );
    },
    { oursOnly: true },
  );
});

describe('the tail page', () => {
  scenario('shows the end of standard output, escaped, whatever bytes it is', async () => {
    await using daemon = await startDaemon({
      config: `[program:a]\ncommand=sh -c "echo '<b>&</b>'; exec sleep 86400"\nstartsecs=0\nstdout_logfile=%(here)s/a.log`,
    });
    await daemon.waitForFile('a.log', '</b>\n');
    const { status, body } = await ask(daemon, '/tail.html?processname=a&limit=5');
    expect(status).toBe(200);
    expect(body).toContain('<title>Supervisor tail of process a</title>');
    expect(body).toMatch(/<pre>&lt;b(>|&gt;)&amp;&lt;\/b(>|&gt;)\n<\/pre>/);
    expect(body).toContain('href="tail.html?processname=a&amp;limit=1024"');
  });

  scenario('says what is missing', async () => {
    await using daemon = await startDaemon({ config: `[program:a]\n${sleeper}\nstdout_logfile=NONE` });
    const said = async (query: string): Promise<string | undefined> =>
      /<pre>(.*)<\/pre>/.exec((await ask(daemon, `/tail.html${query}`)).body)?.[1];
    expect(await said('')).toBe('No process name found');
    expect(await said('?processname=')).toBe('No process name found');
    expect(await said('?processname=a')).toBe('No file for a');
    expect(await said('?processname=b')).toBe('ERROR: unexpected rpc fault [10] BAD_NAME: b');
  });
});

describe('what pages need', () => {
  scenario('is served', async () => {
    await using daemon = await startDaemon({});
    const stylesheet = '/stylesheets/supervisor.css';
    const { status, headers } = await ask(daemon, stylesheet);
    expect([status, headers['content-type']]).toEqual([200, 'text/css']);
    expect((await ask(daemon, stylesheet, { method: 'HEAD' })).status).toBe(200);
    expect((await ask(daemon, '/stylesheets/none.css')).status).toBe(404);
    expect((await ask(daemon, stylesheet, { form: 'a=b' })).status).toBe(400);
  });

  scenario(
    'is sent again only when it changed',
    async () => {
      await using daemon = await startDaemon({});
      const first = await ask(daemon, '/stylesheets/supervisor.css');
      const headers = { 'If-Modified-Since': first.headers['last-modified'] ?? '' };
      const again = await ask(daemon, '/stylesheets/supervisor.css', { headers });
      expect([again.status, again.body]).toEqual([304, '']);
    },
    // Supervisor sends a body where none may be.
    { oursOnly: true },
  );

  scenario('is kept behind the password where the server has one', async () => {
    await using daemon = await startDaemon({
      config: '[unix_http_server]\nfile=%(here)s/supervisor.sock\nusername=anna\npassword=secret',
    });
    for (const path of ['/', '/tail.html', '/stylesheets/supervisor.css', '/index.html?action=stopall']) {
      expect((await ask(daemon, path)).status).toBe(401);
    }
    const headers = { Authorization: `Basic ${Buffer.from('anna:secret').toString('base64')}` };
    expect((await ask(daemon, '/', { headers })).status).toBe(200);
  });

  scenario('answers that all is well where monitors ask', async () => {
    await using daemon = await startDaemon({});
    const { status, headers, body } = await ask(daemon, '/ok.html');
    expect([status, headers['content-type'], body]).toEqual([200, 'text/plain', 'OK']);
  });
});
