import { describe, expect, it } from 'vitest';
import { ownName, rawPeer, request, serve, until } from './serve.ts';

const large = 'x'.repeat(3_000_000);

describe('output that is not read', () => {
  it('costs the connection that holds most of it, when all together hold too much, and nobody else', async () => {
    let size = 0;
    await using served = await serve({
      dispatch: async (_name, [length]) => {
        size = Number(length);
        return large.slice(0, size);
      },
      limits: { unreadBytes: 4_000_000 },
    });
    const peers = [await rawPeer(served.path), await rawPeer(served.path), await rawPeer(served.path)] as const;
    const [first, second, reader] = peers;
    for (const { socket } of [first, second]) socket.pause();
    first.send(request(1, 'large', 2_000_000));
    second.send(request(1, 'large', 3_000_000));
    await until('the report', () => served.logLines.length > 1);
    expect(served.logLines[1]).toMatch(
      new RegExp(
        `^WARN closed the connection of ${ownName}: it left \\d+ bytes unread, and all .* no more than 4000000$`,
      ),
    );
    reader.send(request(2, 'large', 1_000_000));
    await until('the answer', () => reader.messages.length === 1);
    first.socket.resume();
    await until('the answer', () => first.messages.length === 1);
    second.socket.resume();
    await until('the end', second.closed);
    expect(second.messages).toEqual([]);
    expect(served.logLines).toHaveLength(2);
    for (const { socket } of peers) socket.destroy();
  });

  it('is not added to: of many requests at once only so many are begun as the answers before them are read', async () => {
    let asked = 0;
    await using served = await serve({
      dispatch: async () => {
        asked += 1;
        return large;
      },
      limits: { outputBytes: 1_000_000 },
    });
    const peer = await rawPeer(served.path);
    peer.socket.pause();
    for (let id = 1; id <= 20; id += 1) peer.send(request(id, 'large'));
    await until('the first answer', () => asked > 0);
    const other = await rawPeer(served.path);
    other.send(request(1, 'session.hello'));
    await until('another answer', () => other.messages.length === 1);
    expect(asked).toBe(1);
    peer.socket.resume();
    await until('all answers', () => peer.messages.length === 20);
    for (const { socket } of [peer, other]) socket.destroy();
  });
});
