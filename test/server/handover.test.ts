import { describe, expect, it } from 'vitest';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import type { Dispatch, Session } from '../../src/commands/method.ts';
import { createControlServer } from '../../src/server/control-server.ts';
import { defaultLimits } from '../../src/server/limits.ts';
import { gate, rawPeer, recordingLog, refusal, request, response, serve, unixServer, until } from './serve.ts';

const reason = 'the server is being upgraded';
const goodbye = { type: 'notification', method: 'session.closing', params: [reason, 'upgrade'] };

describe('a server that is handed over', () => {
  it('answers what was begun, and begins nothing more', async () => {
    const [quick, slow] = [gate(), gate()];
    const begun: string[] = [];
    const dispatch: Dispatch = async (name) => {
      begun.push(name);
      if (name === 'quick') await quick.opened;
      if (name === 'slow') await slow.opened;
      return name;
    };
    await using served = await serve({ dispatch, limits: { handoverMs: 100 } });
    const peer = await rawPeer(served.path);
    peer.send(request(1, 'quick'));
    peer.send(request(2, 'slow'));
    await until('both to be begun', () => begun.length === 2);
    const handedOver = served.server.handOver();
    quick.open();
    await until('the quick answer', () => peer.messages.length === 1);
    peer.send(request(3, 'late'));
    const sockets = await handedOver;
    expect(peer.messages).toEqual([
      response(1, 'quick'),
      refusal(2, 30, `FAILED: ${reason} while this was under way`),
      goodbye,
    ]);
    expect(begun).toEqual(['quick', 'slow']);
    slow.open();
    await using next = await nextServer(served.path, sockets);
    expect(await next.ask('later')).toBe('later again');
  });

  it('waits a moment for whoever has just connected, and no longer', async () => {
    await using served = await serve({ limits: { handoverSilenceMs: 200 } });
    const [speaks, silent] = [await rawPeer(served.path), await rawPeer(served.path)];
    const handedOver = served.server.handOver();
    speaks.send(request(7, 'a.b'));
    const sockets = await handedOver;
    await until('the end of both', () => speaks.closed() && silent.closed());
    expect(speaks.messages).toEqual([response(7, []), goodbye]);
    expect(silent.messages).toEqual([]);
    await using next = await nextServer(served.path, sockets);
    expect(await next.ask('x')).toBe('x again');
  });

  it('keeps those waiting who come before there is anything to ask for, and ends them with itself', async () => {
    const start = gate();
    await using served = await serve({ ready: start.opened });
    const [asks, leaves] = [await rawPeer(served.path), await rawPeer(served.path)];
    asks.send(request(1, 'a.b'));
    leaves.socket.destroy();
    start.open();
    await until('the answer', () => asks.messages.length === 1);
    expect(asks.messages).toEqual([response(1, [])]);

    await using never = await serve({ ready: gate().opened });
    const waits = await rawPeer(never.path);
    waits.send(request(2, 'a.b'));
    await never.server.close();
    await until('its end', () => waits.closed());
    expect(waits.messages).toEqual([]);
  });

  it('lets subscriptions say where they are, and clients ask the next one what has no answer yet', async () => {
    const subscriptions: Session[] = [];
    let answer: Promise<unknown> | undefined;
    const dispatch: Dispatch = async (_name, _params, session) => {
      subscriptions.push(session);
      session.onHandover?.(() => {
        session.notify?.('log.place', [1, 'here']);
        // From now on nothing is read any more.
        answer = client.call('late');
      });
      return { subscription: 1 };
    };
    await using served = await serve({ dispatch });
    const client = connectMsgpack({ path: served.path, username: null, password: null });
    const end = new AbortController();
    const bytes: string[] = [];
    const onBytes = (chunk: Uint8Array): unknown => bytes.push(Buffer.from(chunk).toString());
    const following = client.followLog({ process: 'p', channel: 'stdout', onBytes, signal: end.signal });
    await until('the subscription', () => subscriptions.length === 1);
    const handedOver = served.server.handOver();
    const asked: unknown[] = [];
    await using next = await nextServer(served.path, await handedOver, async (name, params, session) => {
      asked.push([name, ...params]);
      if (name === 'subscribe.log') session.notify?.('log.bytes', [9, Buffer.from('more')]);
      return name === 'late' ? 'better' : { subscription: 9 };
    });
    expect(await answer).toBe('better');
    await until('the bytes', () => bytes.length === 1);
    expect(bytes).toEqual(['more']);
    expect(asked).toContainEqual(['subscribe.log', 'p', 'stdout', 1024, 'here']);
    end.abort();
    await following;
    client.close();
    expect(next.lines.filter((line) => !line.startsWith('CRIT'))).toEqual([]);
  });
});

/** What listens on the sockets that were handed over. */
async function nextServer(
  path: string,
  sockets: Readonly<Record<string, number>>,
  dispatch: Dispatch = async (name) => `${name} again`,
) {
  const lines: string[] = [];
  const server = createControlServer({
    servers: [unixServer(path)],
    dispatch,
    log: recordingLog(lines),
    limits: defaultLimits,
  });
  expect(await server.listen(sockets)).toBeNull();
  return {
    lines,
    ask: async (method: string) => {
      const client = connectMsgpack({ path, username: null, password: null });
      const answer = await client.call(method);
      client.close();
      return answer;
    },
    [Symbol.asyncDispose]: async () => await server.close(),
  };
}
