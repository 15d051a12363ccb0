/** The pages by their addresses: status codes, redirects, messages, and what they ask of the daemon. */
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type PageRequest, readFields } from '../../src/server/http/page.ts';
import type { Reply } from '../../src/server/http/reply.ts';
import { createPages } from '../../src/web/pages.ts';
import {
  FakeControl,
  type FakeGroup,
  type FakeProcess,
  groupOf,
  lone,
  plainSession,
  temporaryFolder,
} from '../commands/fake-control.ts';
import { elementsOf } from './well-formed.ts';

type Ask = Partial<PageRequest> & { readonly form?: string };

function visit(...groups: readonly FakeGroup[]) {
  const control = new FakeControl(groups);
  const pages = createPages({ control, version: '1.2.3', hostName: 'shop-3' });
  const ask = async (address: string, { form = '', ...request }: Ask = {}): Promise<Reply | null> => {
    const [path = '', query = ''] = address.split('?');
    return await pages({
      method: 'GET',
      path,
      fields: readFields(query, form),
      headers: { host: 'shop-3:9001' },
      session: plainSession(),
      isSecure: false,
      needsConfirmation: false,
      ...request,
    });
  };
  const process = (name: string): FakeProcess => {
    const found = control.active.flatMap((group) => group.members).find((member) => member.name === name);
    if (found === undefined) throw new Error(`no process ${name}`);
    return found;
  };
  /** The sentence an action leads to. */
  const messageOf = async (address: string, request?: Ask): Promise<string> => {
    const reply = await ask(address, request);
    const [, message = ''] = /^http:\/\/shop-3:9001\/\?message=(.*)$/.exec(reply?.headers.Location ?? '') ?? [];
    return decodeURIComponent(message);
  };
  return { control, ask, process, messageOf };
}

const pageOf = (reply: Reply | null): string => String(reply?.body);

const running = (name: string): FakeGroup => {
  const group = lone(name, 'RUNNING');
  for (const member of group.members) {
    member.startScript = ['STARTING', 'RUNNING'];
    member.stopScript = ['STOPPING', 'STOPPED'];
  }
  return group;
};

/** The time the fake daemon tells. */
const now = /\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d 2023$/;

describe('addresses', () => {
  test.each(['/', '/index.html'])('%s is the status page, sorted by group and name', async (path) => {
    const { ask } = visit(lone('web'), groupOf('jobs', { b: 'RUNNING', a: 'STOPPED' }), lone('auth'));
    const reply = await ask(path);
    expect(reply?.status).toBe(200);
    expect([...pageOf(reply).matchAll(/tail\.html\?processname=([^"]*)/g)].map(([, name]) => name)).toEqual([
      'auth',
      'jobs%3Aa',
      'jobs%3Ab',
      'web',
    ]);
  });

  test('pages are never kept and load nothing from elsewhere, and only the one that becomes live runs a script', async () => {
    const { ask } = visit();
    const policies = {
      '/': /^default-src 'self'; object-src 'none';/,
      '/tail.html': /^default-src 'none'; style-src 'self';/,
    };
    for (const [path, policy] of Object.entries(policies)) {
      expect((await ask(path))?.headers).toEqual({
        'Content-Type': 'text/html;charset=utf-8',
        Pragma: 'no-cache',
        'Cache-Control': 'no-cache',
        Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
        'Content-Security-Policy': expect.stringMatching(policy),
        'Referrer-Policy': 'same-origin',
        'X-Content-Type-Options': 'nosniff',
      });
    }
  });

  test('a message is shown and stays text', async () => {
    const { ask } = visit();
    expect(pageOf(await ask('/?message=a%3Cb%3E'))).toContain('class="status_msg">a&lt;b&gt;</div>');
  });

  test.each(['/other.html', '/status.html', '/images/', '/stylesheets'])('%s is unknown', async (path) => {
    const { ask } = visit();
    expect(await ask(path)).toBeNull();
  });

  test('what the pages refer to is there, and is sent once', async () => {
    const { ask } = visit();
    const links = elementsOf(pageOf(await ask('/'))).filter(({ name }) => name === 'link');
    expect(links).toHaveLength(2);
    for (const { attributes } of links) {
      const reply = await ask(`/${attributes.href}`);
      expect(reply?.status).toBe(200);
      const again = await ask(`/${attributes.href}`, {
        headers: { 'if-modified-since': reply?.headers['Last-Modified'] },
      });
      expect([again?.status, again?.body]).toEqual([304, '']);
      expect((await ask(`/${attributes.href}`, { headers: { 'if-modified-since': 'whenever' } }))?.status).toBe(200);
      expect(await ask(`/${attributes.href}`, { method: 'POST' })).toBeNull();
    }
  });
});

describe('actions', () => {
  test('refresh only tells the time', async () => {
    const { messageOf } = visit();
    expect(await messageOf('/index.html?action=refresh')).toMatch(new RegExp(`^Page refreshed at ${now.source}`));
  });

  test('stopall stops every process', async () => {
    const { messageOf, process } = visit(running('a'), running('b'));
    expect(await messageOf('/?action=stopall')).toMatch(new RegExp(`^All stopped at ${now.source}`));
    expect([process('a').state(), process('b').state()]).toEqual(['STOPPED', 'STOPPED']);
  });

  test('restartall stops every process and starts it again', async () => {
    const { messageOf, process } = visit(running('a'));
    expect(await messageOf('/?action=restartall')).toMatch(new RegExp(`^All restarted at ${now.source}`));
    expect([process('a').stops, process('a').starts, process('a').state()]).toEqual([1, 1, 'RUNNING']);
  });

  test('start, stop and restart act on one process and wait for the outcome', async () => {
    const { messageOf, process } = visit(running('a'), running('b'));
    expect(await messageOf('/index.html?processname=a&action=stop')).toBe('Process a stopped');
    expect(process('a').state()).toBe('STOPPED');
    expect(await messageOf('/index.html?processname=a&action=start')).toBe('Process a started');
    expect(await messageOf('/index.html?processname=a&action=restart')).toBe('Process a restarted');
    expect([process('a').starts, process('a').stops, process('b').starts, process('b').stops]).toEqual([2, 2, 0, 0]);
  });

  test('a form may carry them, and wins over the query', async () => {
    const { messageOf } = visit(running('a'));
    const posted = { method: 'POST', form: 'action=stop&processname=a' } as const;
    expect(await messageOf('/index.html?action=start', posted)).toBe('Process a stopped');
  });

  test('a start that is refused says why', async () => {
    const { messageOf, process } = visit(lone('a'));
    process('a').problem = { kind: 'not-found', text: "can't find command '/a'" };
    expect(await messageOf('/?processname=a&action=start')).toBe('ERROR: Process a: no such file');
    process('a').problem = { kind: 'not-executable', text: "command at '/a' is not executable" };
    expect(await messageOf('/?processname=a&action=start')).toBe('ERROR: Process a: file not executable');
    process('a').problem = null;
    process('a').startScript = ['STARTING', 'BACKOFF'];
    expect(await messageOf('/?processname=a&action=start')).toBe('ERROR: Process a: spawn error');
    expect(await messageOf('/?processname=a&action=start')).toBe('ERROR: Process a: already started');
    process('a').enter('EXITED');
    process('a').startScript = ['STARTING', 'EXITED'];
    expect(await messageOf('/?processname=a&action=start')).toBe('ERROR: Process a: abnormal termination');
    process('a').enter('UNKNOWN');
    expect(await messageOf('/?processname=a&action=start')).toBe(
      'ERROR: Process a: unexpected rpc fault [30] FAILED: a is in an unknown process state',
    );
  });

  test('a stop of what does not run says so; a restart starts it', async () => {
    const { messageOf, process } = visit(lone('a'));
    expect(await messageOf('/?processname=a&action=stop')).toBe('unexpected rpc fault [70] NOT_RUNNING: a');
    process('a').startScript = ['STARTING', 'FATAL'];
    expect(await messageOf('/?processname=a&action=restart')).toBe('Process a restarted');
    expect(process('a').starts).toBe(1);
  });

  test('clearlog clears both logs', async () => {
    const { messageOf, process } = visit(groupOf('g', { p: 'RUNNING' }));
    const { stdout, stderr } = process('p');
    stdout.path = '/nowhere/out';
    stderr.path = '/nowhere/err';
    expect(await messageOf('/?processname=g:p&action=clearlog')).toBe('Log for g:p cleared');
    expect([stdout.clearings, stderr.clearings]).toEqual([1, 1]);
    stdout.clearError = new Error('EACCES');
    expect(await messageOf('/?processname=g:p&action=clearlog')).toBe('unexpected rpc fault [30] FAILED: g:p');
  });

  test.each(['nope', 'g', 'g:', 'g:*', 'g:nope', 'p'])('%s names no process', async (name) => {
    const { messageOf } = visit(groupOf('g', { p: 'STOPPED' }));
    expect(await messageOf(`/?processname=${name}&action=start`)).toBe(`No such process named ${name}`);
    expect(await messageOf(`/?processname=${name}&action=bogus`)).toBe(`No such process named ${name}`);
  });

  test.each(['/?action=bogus', '/?action=start', '/?action=bogus&processname=a'])('%s is an error', async (address) => {
    const { ask } = visit(lone('a'));
    expect((await ask(address))?.status).toBe(500);
  });

  test('the answer leads to the status page under the name the client used, and is not kept', async () => {
    const { ask } = visit(running('a'));
    const reply = await ask('/?processname=a&action=stop');
    expect(reply?.status).toBe(301);
    expect(reply?.headers).toMatchObject({
      Location: 'http://shop-3:9001/?message=Process%20a%20stopped',
      'Cache-Control': 'no-cache',
      Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
    });
    expect(reply?.body).toContain('<p>Error code 301.\r\n<p>Message: Moved Permanently.');
  });

  test.each([
    ['shop', 'http://shop'],
    ['shop:80', 'http://shop'],
    ['shop:9001', 'http://shop:9001'],
    ['[::1]:9001', 'http://[::1]:9001'],
    [undefined, ''],
    ['', ''],
    ['evil"><b>', ''],
    ['a/b', ''],
  ])('of the Host %j the address becomes %j', async (host, address) => {
    const { ask } = visit();
    const reply = await ask('/?action=x&processname=y', { headers: { host } });
    expect(reply?.headers.Location).toBe(`${address}/?message=No%20such%20process%20named%20y`);
  });

  test('HEAD does nothing', async () => {
    const { ask, process } = visit(running('a'));
    expect(await ask('/?action=stopall', { method: 'HEAD' })).toBeNull();
    expect(process('a').stops).toBe(0);
    expect((await ask('/', { method: 'HEAD' }))?.status).toBe(200);
  });
});

describe('the tail page', () => {
  test('shows the last bytes of standard output, 1024 at least', async () => {
    using folder = temporaryFolder();
    const { ask, process } = visit(lone('a'));
    const path = folder.file('a.log');
    process('a').stdout.path = path;
    writeFileSync(path, `${'x'.repeat(2000)}<end>`);
    const shown = async (query: string): Promise<string> =>
      elementsOf(pageOf(await ask(`/tail.html?processname=a${query}`))).find(({ name }) => name === 'pre')?.text ?? '';
    expect(await shown('')).toBe(`${'x'.repeat(1019)}<end>`);
    expect(await shown('&limit=5')).toBe(`${'x'.repeat(1019)}<end>`);
    expect(await shown('&limit=1500')).toBe(`${'x'.repeat(1495)}<end>`);
    expect(await shown('&limit=99999')).toBe(`${'x'.repeat(2000)}<end>`);
  });

  test.each([
    ['/tail.html', 'No process name found'],
    ['/tail.html?processname=', 'No process name found'],
    ['/tail.html?processname=a', 'No file for a'],
    ['/tail.html?processname=nope', 'ERROR: unexpected rpc fault [10] BAD_NAME: nope'],
    ['/tail.html?processname=a:*', 'ERROR: unexpected rpc fault [10] BAD_NAME: a:*'],
  ])('%s says %s', async (address, sentence) => {
    const { ask } = visit(lone('a'));
    const reply = await ask(address);
    expect(reply?.status).toBe(200);
    expect(pageOf(reply)).toContain(`<pre>${sentence}</pre>`);
  });
});

describe('while the daemon stops', () => {
  test.each(['/', '/?action=refresh', '/?action=stopall', '/?action=restartall', '/?action=start&processname=a'])(
    '%s answers 500 and a page that says so',
    async (address) => {
      const { ask, control, process } = visit(lone('a'));
      control.mood = 'SHUTDOWN';
      const reply = await ask(address);
      expect(reply?.status).toBe(500);
      expect(pageOf(reply)).toContain('Supervisor is stopping or restarting.');
      expect(elementsOf(pageOf(reply)).length).toBeGreaterThan(0);
      expect(process('a').starts).toBe(0);
    },
  );
});

describe('who may only look', () => {
  const session = plainSession('view');
  const tails = ['Tail -f Stdout', 'Tail -f Stderr'];

  test('sees no order that is not allowed, and everything else', async () => {
    const { ask } = visit(running('web'), lone('off'));
    const links = elementsOf(pageOf(await ask('/', { session })))
      .filter(({ name }) => name === 'a')
      .map(({ text }) => text);
    expect(links).toEqual(['Refresh', ...['off', 'web'].flatMap((name) => [name, '', '', '', ...tails])]);
    const all = elementsOf(pageOf(await ask('/'))).filter(({ name }) => name === 'a');
    expect(all.map(({ text }) => text)).toContain('Stop All');
  });

  test.each([
    'stopall',
    'restartall',
    'start&processname=web',
    'stop&processname=web',
    'restart&processname=web',
    'clearlog&processname=web',
  ])('is refused the order %s, which does nothing', async (action) => {
    const { ask, process } = visit(running('web'));
    expect((await ask(`/index.html?action=${action}`, { session }))?.status).toBe(403);
    expect([process('web').starts, process('web').stops, process('web').stdout.clearings]).toEqual([0, 0, 0]);
  });

  test('may refresh', async () => {
    const { messageOf } = visit();
    expect(await messageOf('/?action=refresh', { session })).toMatch(/^Page refreshed at /);
  });
});

describe('an order of a browser that does not say which page led to it', () => {
  test('is asked about first, with a form that carries it on', async () => {
    const { ask, process, messageOf } = visit(running('web'));
    const reply = await ask('/index.html?action=stop&processname=web', { needsConfirmation: true });
    expect(reply?.status).toBe(403);
    expect(process('web').stops).toBe(0);
    const elements = elementsOf(pageOf(reply));
    expect(elements.find(({ name }) => name === 'form')?.attributes).toEqual({ method: 'post', action: 'index.html' });
    const fields = elements.filter(({ name }) => name === 'input').map(({ attributes }) => attributes);
    const form = fields.map(({ name, value }) => `${name}=${value}`).join('&');
    expect(form).toBe('action=stop&processname=web');
    expect(await messageOf('/index.html', { method: 'POST', form })).toBe('Process web stopped');
  });

  test('cannot make that page do anything, whatever it says', async () => {
    const { ask } = visit();
    const reply = await ask('/?action=%22%3E%3Cscript%3E&processname=%3Cb%20onload=x%3E', { needsConfirmation: true });
    expect(elementsOf(pageOf(reply)).map(({ name }) => name)).not.toContain('script');
    expect(reply?.headers['Content-Security-Policy']).toContain("default-src 'none'");
  });

  test('is carried out when it changes nothing', async () => {
    const { messageOf } = visit();
    expect(await messageOf('/?action=refresh', { needsConfirmation: true })).toMatch(/^Page refreshed at /);
  });
});

test('behind TLS the address that an order leads to begins with https', async () => {
  const { ask } = visit();
  const location = async (host: string): Promise<string | undefined> =>
    (await ask('/?action=refresh', { isSecure: true, headers: { host } }))?.headers.Location?.replace(/\?.*/, '');
  expect(await location('shop:9001')).toBe('https://shop:9001/');
  expect(await location('shop:443')).toBe('https://shop/');
  expect(await location('shop:80')).toBe('https://shop:80/');
});
