/** Proves that docs/reference/protocol.md is enough: a client of a few lines, without a library and without our code. */

import { closeSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Dispatch } from '../../src/commands/method.ts';
import { badName, serve } from '../server/serve.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** The hexadecimal dump under a heading of the documentation: what stands before the bar of each line. */
function documented(heading: string): Buffer {
  const page = readFileSync(new URL('../../docs/reference/protocol.md', import.meta.url), 'utf8');
  const block = page.split(`**${heading}**`)[1]?.split('```')[1] ?? '';
  const lines = block.split('\n').slice(1);
  return bytesOf(lines.map((line) => line.split('|')[0]).join(''));
}

/** Sends bytes and collects as many as the expected answer has. */
async function exchange(path: string, request: Buffer, answerBytes: number): Promise<Buffer> {
  const socket = connect(path);
  const chunks: Buffer[] = [];
  const complete = new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (Buffer.concat(chunks).length >= answerBytes) resolve();
    });
    socket.on('close', () => reject(new Error(`closed after ${Buffer.concat(chunks).toString('hex')}`)));
  });
  socket.write(request);
  await complete;
  socket.destroy();
  return Buffer.concat(chunks);
}

const dispatch: Dispatch = async (name, params, session) => {
  if (name === 'supervisor.getPID') return 4242;
  if (name === 'subscribe.processes') {
    const change = { group: 'web', process: 'web', from: 'STARTING', to: 'RUNNING', pid: 77, at: 1_700_000_000_123 };
    session.notify?.('process.changed', [1, change]);
    return { subscription: 1 };
  }
  throw badName(String(params[0]));
};

describe('the bytes in the documentation', () => {
  it.each([
    ['Request', 'Response'],
    ['Request that is refused', 'Response with an error'],
    ['Subscribing', 'Reply and first notification'],
    ['Saying hello', 'Hello from the server'],
  ])('are what travels: %s', async (asked, answered) => {
    await using served = await serve({ dispatch });
    const expected = documented(answered);
    expect(expected.length).toBeGreaterThan(5);
    const answer = await exchange(served.path, documented(asked), expected.length);
    expect(answer.toString('hex')).toBe(expected.toString('hex'));
  });

  it('authenticate', async () => {
    await using served = await serve({ dispatch, credentials: { username: 'user', password: '123' } });
    const refused = documented('Response to anything before');
    const both = Buffer.concat([refused, documented('Authenticated')]);
    const asked = Buffer.concat([documented('Request'), documented('Authenticating')]);
    expect((await exchange(served.path, asked, both.length)).toString('hex')).toBe(both.toString('hex'));
  });

  it('come before an upgrade', async () => {
    let begun = (): void => {};
    const subscribed = new Promise<void>((resolve) => {
      begun = resolve;
    });
    await using served = await serve({
      dispatch: async (_name, _params, session) => {
        session.onHandover?.(() => session.notify?.('log.place', [1, '64:12:345']));
        begun();
        return 0;
      },
    });
    const expected = documented('Before an upgrade');
    const answer = Buffer.from('940103c000', 'hex');
    const received = exchange(served.path, documented('Subscribing'), answer.length + expected.length);
    await subscribed;
    const sockets = await served.server.handOver();
    for (const fd of Object.values(sockets)) closeSync(fd);
    expect((await received).toString('hex')).toBe(Buffer.concat([answer, expected]).toString('hex'));
  });
});

describe('a client without any library', () => {
  it('calls a method with nothing but a socket', async () => {
    await using served = await serve({ dispatch });
    const text = (value: string) => Buffer.from([0xa0 + value.length, ...Buffer.from(value)]);
    const request = Buffer.concat([Buffer.of(0x94, 0, 7), text('supervisor.getPID'), Buffer.of(0x90)]);
    const reply = await exchange(served.path, request, 7);
    expect([...reply.subarray(0, 4)]).toEqual([0x94, 1, 7, 0xc0]);
    expect(reply[4]).toBe(0xcd);
    expect(reply.readUInt16BE(5)).toBe(4242);
  });
});
