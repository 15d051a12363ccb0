import { describe, expect, it } from 'vitest';
import { connectEither } from '../../src/client/connect-either.ts';
import { ConnectionProblem, type ControlClient } from '../../src/client/control-client.ts';

const otherProtocol = (): ConnectionProblem => new ConnectionProblem('broken', 'what is this?', 'EPROTO');

interface FakeClient extends ControlClient {
  readonly asked: unknown[][];
  closed: boolean;
}

function fakeClient(name: string, problem: () => Error | null = () => null): FakeClient {
  const asked: unknown[][] = [];
  const ask = async (...words: unknown[]): Promise<string> => {
    asked.push(words);
    const error = problem();
    if (error !== null) throw error;
    return name;
  };
  return {
    serverUrl: 'unix:///s.sock',
    asked,
    closed: false,
    call: ask,
    followLog: async ({ process, channel }) => {
      await ask(process, channel);
    },
    subscribe: async ({ method }) => {
      await ask(method);
    },
    close() {
      this.closed = true;
    },
  };
}

const log = { process: 'a', channel: 'stdout', onBytes: () => {}, signal: new AbortController().signal } as const;

describe('a client of two protocols', () => {
  it('stays with the better one where the server speaks it', async () => {
    const better = fakeClient('better');
    const client = connectEither(better, () => Promise.reject(new Error('not needed')));
    expect(client.serverUrl).toBe('unix:///s.sock');
    expect(await client.call('a', 1)).toBe('better');
    await client.followLog(log);
    expect(better.asked).toEqual([
      ['a', 1],
      ['a', 'stdout'],
    ]);
    client.close();
    expect(better.closed).toBe(true);
  });

  it('takes the other for good, opened once, where the server does not', async () => {
    const better = fakeClient('better', otherProtocol);
    const other = fakeClient('other');
    let opened = 0;
    const client = connectEither(better, async () => {
      opened += 1;
      return other;
    });
    expect(await Promise.all([client.call('a'), client.call('b'), client.followLog(log)])).toEqual([
      'other',
      'other',
      undefined,
    ]);
    expect(await client.call('c')).toBe('other');
    expect(opened).toBe(1);
    expect(better.asked).toHaveLength(3);
    expect(other.asked).toEqual([['a'], ['b'], ['a', 'stdout'], ['c']]);
    client.close();
    await Promise.resolve();
    expect([better.closed, other.closed]).toEqual([true, true]);
  });

  it.each([
    new ConnectionProblem('refused', 'nobody is there', 'ECONNREFUSED'),
    new ConnectionProblem('unauthorized', 'who are you?'),
    new ConnectionProblem('broken', 'the connection ended'),
    new Error('a defect'),
  ])('does not ask again after other trouble: $message', async (problem) => {
    const client = connectEither(
      fakeClient('better', () => problem),
      () => Promise.reject(new Error('not needed')),
    );
    await expect(client.call('a')).rejects.toBe(problem);
    await expect(client.followLog(log)).rejects.toBe(problem);
  });

  it('closes what is opened after it was closed', async () => {
    const other = fakeClient('other');
    let give = (_client: ControlClient): void => {};
    const client = connectEither(
      fakeClient('better', otherProtocol),
      () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    );
    const answer = client.call('a');
    await new Promise((resolve) => setImmediate(resolve));
    client.close();
    give(other);
    await answer;
    expect(other.closed).toBe(true);
  });
});
