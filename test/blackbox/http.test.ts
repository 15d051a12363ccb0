import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Daemon, startDaemon } from '../helpers/daemon.ts';
import { freePort } from '../helpers/free-port.ts';
import { againstOriginal } from '../helpers/sandbox.ts';

const callBody = (method: string, text?: string): string =>
  `<?xml version='1.0'?>\n<methodCall><methodName>${method}</methodName>` +
  `<params>${text === undefined ? '' : `<param><value><string>${text}</string></value></param>`}</params></methodCall>`;

async function call(
  port: number,
  method: string,
  text?: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/RPC2`, {
    method: 'POST',
    body: callBody(method, text),
    headers,
  });
  return `${response.status} ${await response.text()}`;
}

/** The text of the first simple value in a response. */
const valueIn = (response: string): string | undefined => /<(string|int|boolean)>(.*?)<\/\1>/s.exec(response)?.[2];

const basic = (text: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(text).toString('base64')}`,
});

const messagesWith = (daemon: Daemon, text: string): readonly string[] =>
  daemon.messages().filter((message) => message.includes(text));

/** All that comes back for a request behind which the sending side is closed, as `printf … | socat` does. */
async function pipedInto(path: string, request: string): Promise<string> {
  const socket = connect({ path, allowHalfOpen: true });
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.end(request);
  await once(socket, 'end');
  return text;
}

describe('a server on a unix socket', () => {
  it('answers a request that is piped into it, also the first one of all', async () => {
    await using daemon = await startDaemon({ config: '' });
    const path = daemon.sandbox.path('supervisor.sock');
    const body = callBody('supervisor.getAPIVersion');
    const request = `POST /RPC2 HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    for (let count = 0; count < 3; count += 1) expect(valueIn(await pipedInto(path, request))).toBe('3.0');
  });
});

describe('a server on TCP', () => {
  it('controls the programs by XML-RPC, with a password and without', async () => {
    const [open, guarded] = [await freePort(), await freePort()];
    await using daemon = await startDaemon({
      config: `
[inet_http_server]
port=127.0.0.1:${open}
[inet_http_server:guarded]
port=127.0.0.1:${guarded}
username=user
password={SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d
[program:sleeper]
command=/bin/sleep 1000
autostart=false
startsecs=0
`,
    });
    expect(valueIn(await call(open, 'supervisor.getPID'))).toBe(String(daemon.pid));
    expect(valueIn(await call(open, 'supervisor.startProcess', 'sleeper'))).toBe('1');
    expect((await daemon.status()).sleeper?.state).toBe('RUNNING');
    expect((await call(guarded, 'supervisor.getPID')).slice(0, 3)).toBe('401');
    expect((await call(guarded, 'supervisor.getPID', undefined, basic('user:wrong'))).slice(0, 3)).toBe('401');
    expect(valueIn(await call(guarded, 'supervisor.stopProcess', 'sleeper', basic('user:thepassword')))).toBe('1');
    expect((await daemon.status()).sleeper?.state).toBe('STOPPED');
    expect(messagesWith(daemon, 'HTTP auth')).toEqual([
      "CRIT Server 'inet_http_server' running without any HTTP authentication checking",
      "CRIT Server 'unix_http_server' running without any HTTP authentication checking",
    ]);
    expect(messagesWith(daemon, 'RPC interface')).toEqual(Array(3).fill("INFO RPC interface 'supervisor' initialized"));
  });

  it('shows a log as it grows', async () => {
    const port = await freePort();
    await using daemon = await startDaemon({
      config: `
[inet_http_server]
port=127.0.0.1:${port}
[program:echo]
command=/bin/cat
stdout_logfile=%(here)s/echo.log
startsecs=0
`,
    });
    await daemon.waitForStatus('echo', 'RUNNING');
    const response = await fetch(`http://127.0.0.1:${port}/logtail/echo`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(response.headers.get('content-type')).toBe('text/plain;charset=utf-8');
    let seen = '';
    for (const line of ['one\n', 'two\n']) {
      const body = callBody('supervisor.sendProcessStdin', 'echo').replace(
        '</params>',
        `<param><value>${line}</value></param></params>`,
      );
      await fetch(`http://127.0.0.1:${port}/RPC2`, { method: 'POST', body });
      while (!seen.endsWith(line)) seen += (await reader?.read())?.value ?? '';
    }
    expect(seen).toBe('one\ntwo\n');
    await reader?.cancel();
  });

  it('keeps the daemon from starting when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startDaemon({ config: `[inet_http_server]\nport=127.0.0.1:${port}\n` })).rejects.toThrow(
      'Error: Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
        'Shut this program down first before starting supervisord.',
    );
    other.close();
  });
});

describe('the interfaces of a configuration', () => {
  const raw = `;raw
[unix_http_server]
file=%(here)s/supervisor.sock
[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
[supervisorctl]
serverurl=unix://%(here)s/supervisor.sock
`;

  it('are needed: without one the client is told so', async () => {
    await using daemon = await startDaemon({ config: raw });
    const { stdout } = await daemon.ctl('status');
    expect(stdout).toContain('did not recognize the supervisor namespace commands');
    expect(messagesWith(daemon, 'RPC interface')).toEqual([]);
  });

  it.skipIf(againstOriginal)('may be Python code, which is named and left out', async () => {
    await using daemon = await startDaemon({
      config: '[rpcinterface:mine]\nsupervisor.rpcinterface_factory=my.plugin:make\ncolour=red\n',
    });
    expect(messagesWith(daemon, 'rpcinterface:mine')).toEqual([
      "WARN [rpcinterface:mine]: the factory 'my.plugin:make' is Python code and cannot be loaded here; the methods mine.* " +
        'do not exist',
    ]);
    expect((await daemon.ctl('version')).stdout).toBe('4.2.5\n');
  });
});
