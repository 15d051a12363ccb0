import { describe, expect, it } from 'vitest';
import { connectToServer } from '../../../src/cli/control/connect.ts';
import { ValueProblem } from '../../../src/cli/control/failure.ts';
import { runLine } from '../../../src/cli/control/run-line.ts';
import { fakeSession } from './fake-session.ts';

const connect = (serverUrl: string) =>
  connectToServer({ serverUrl, username: null, password: null, tlsCa: null, tlsCertificate: null, tlsKey: null });

describe('the way to a server', () => {
  it('is a socket for unix:// addresses', async () => {
    const client = await connect('unix:///no/such/s.sock');
    expect(client.serverUrl).toBe('unix:///no/such/s.sock');
    await expect(client.call('supervisor.getPID')).rejects.toMatchObject({ kind: 'no-such-file' });
    client.close();
  });

  it.each([
    ['http://127.0.0.1:1', '127.0.0.1:1'],
    ['http://127.0.0.1:1/', '127.0.0.1:1'],
    ['http://[::1]:1', '[::1]:1'],
    ['http://localhost', 'localhost:80'],
  ])('is TCP for %s', async (serverUrl, place) => {
    const client = await connect(serverUrl);
    expect(client.serverUrl).toBe(`http://${place}`);
    client.close();
  });

  it('is none when a port is no number', async () => {
    await expect(connect('http://host:port')).rejects.toThrow(
      new ValueProblem('Invalid host or port in serverurl http://host:port'),
    );
  });

  it('is unknown for others, which every action tells', async () => {
    await expect(connect('ftp://x/')).rejects.toThrow(new ValueProblem('Unknown protocol for serverurl ftp://x/'));
    const session = fakeSession({ unreachable: () => new ValueProblem('Unknown protocol for serverurl ftp://x/') });
    await runLine(session.context, 'status');
    expect(session.stdout()).toBe(
      "error: <class 'ValueError'>, Unknown protocol for serverurl ftp://x/: file: supervisorctl line: 1\n",
    );
    expect(session.context.exitStatus).toBe(1);
  });
});
