import { afterEach, describe, expect, it } from 'vitest';
import { ConnectionProblem, type ControlClient } from '../../src/client/control-client.ts';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import { connectXmlRpc } from '../../src/client/xml-rpc-client.ts';
import type { Dispatch, Session } from '../../src/commands/method.ts';
import { Fault } from '../../src/model/errors.ts';
import { serve, until } from '../server/serve.ts';

const clients: ControlClient[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** A server that tells its subscribers one thing at once, and the rest when the test says so. */
async function serveOverview() {
  const sessions: Session[] = [];
  const ended: unknown[] = [];
  const dispatch: Dispatch = async (name, params, session) => {
    if (name === 'subscribe.end') return ended.push(params[0]);
    if (name !== 'subscribe.overview') throw Fault.of('UNKNOWN_METHOD');
    sessions.push(session);
    session.notify?.('overview.changed', [sessions.length, 'at once']);
    return { subscription: sessions.length, processes: params };
  };
  return { served: await serve({ dispatch }), sessions, ended };
}

function subscribe(path: string, method = 'subscribe.overview') {
  const client = connectMsgpack({ path, username: null, password: null });
  clients.push(client);
  const heard: unknown[] = [];
  const abort = new AbortController();
  const done = client.subscribe({
    method,
    params: [2000],
    onReply: (reply) => heard.push(reply),
    onNotification: (name, params) => heard.push([name, ...params]),
    onMissed: (count) => heard.push(count),
    signal: abort.signal,
  });
  return { heard, abort, done };
}

describe('a subscription', () => {
  it('hears the reply first, then what is told, until it is aborted', async () => {
    const { served, sessions, ended } = await serveOverview();
    await using _ = served;
    const { heard, abort, done } = subscribe(served.path);
    await until('the first news', () => heard.length === 2);
    sessions[0]?.notify?.('overview.changed', [1, 'later']);
    sessions[0]?.notify?.('overview.changed', [77, 'for somebody else']);
    await until('the later news', () => heard.length === 3);
    expect(heard).toEqual([
      { subscription: 1, processes: [2000] },
      ['overview.changed', 'at once'],
      ['overview.changed', 'later'],
    ]);
    abort.abort();
    await done;
    await until('the end at the server', () => ended.length === 1);
    expect(ended).toEqual([1]);
  });

  it('is refused with the fault of the server', async () => {
    const { served } = await serveOverview();
    await using _ = served;
    await expect(subscribe(served.path, 'subscribe.nothing').done).rejects.toMatchObject(Fault.of('UNKNOWN_METHOD'));
  });

  it('fails where nobody listens', async () => {
    await expect(subscribe('/nowhere/at/all.sock').done).rejects.toBeInstanceOf(ConnectionProblem);
  });

  it('is not begun when it is aborted before', async () => {
    const client = connectMsgpack({ path: '/nowhere/at/all.sock', username: null, password: null });
    clients.push(client);
    const silent = { onReply: () => {}, onNotification: () => {}, onMissed: () => {} };
    await client.subscribe({ method: 'subscribe.overview', params: [], ...silent, signal: AbortSignal.abort() });
  });

  it('is unknown to servers that are spoken to in XML-RPC', async () => {
    const client = connectXmlRpc({ path: '/nowhere/at/all.sock', username: null, password: null });
    clients.push(client);
    const silent = { onReply: () => {}, onNotification: () => {}, onMissed: () => {} };
    const { signal } = new AbortController();
    await expect(
      client.subscribe({ method: 'subscribe.overview', params: [], ...silent, signal }),
    ).rejects.toMatchObject(Fault.of('UNKNOWN_METHOD'));
  });
});
