import { describe, expect, it } from 'vitest';
import { createOutput } from '../../src/server/output.ts';
import { until } from './serve.ts';

/** A connection that notes how many messages leave at a time. */
function bench() {
  const left: number[] = [];
  let [corked, written, bytes, goesOn] = [0, 0, 0, true];
  const output = createOutput({
    socket: {
      writable: true,
      get writableLength() {
        return bytes;
      },
      destroyed: false,
      cork: () => {
        corked += 1;
      },
      uncork: () => {
        corked -= 1;
        if (corked > 0) return;
        left.push(written);
        written = 0;
        bytes = 0;
      },
      write: (message) => {
        written += 1;
        bytes += message.length;
      },
      pause: () => {},
      resume: () => {},
      isPaused: () => false,
      end: () => {},
      destroy: () => {},
      on: () => {},
      once: () => {},
    },
    notificationBytes: 1000,
    onEmpty: () => {},
    onFull: () => {},
    goesOn: () => goesOn,
  });
  const turn = () => new Promise<void>((resolve) => queueMicrotask(() => process.nextTick(resolve)));
  return {
    left,
    turn,
    reply: (result: unknown) => output.reply(1, null, result),
    end: () => {
      goesOn = false;
    },
  };
}

describe('answers', () => {
  it('leave together as long as others are about to follow', async () => {
    const { reply, turn, end, left } = bench();
    for (let answer = 0; answer < 5; answer += 1) {
      reply(answer);
      await turn();
    }
    expect(left).toEqual([]);
    end();
    await until('they leave', () => left.length > 0);
    expect(left).toEqual([5]);
  });

  it('leave at once when they are large', async () => {
    const { reply, left } = bench();
    reply('x'.repeat(100_000));
    await until('it leaves', () => left.length > 0);
    expect(left).toEqual([1]);
  });

  it('of one turn leave together', async () => {
    const { reply, end, left } = bench();
    end();
    for (let answer = 0; answer < 3; answer += 1) reply(answer);
    await until('they leave', () => left.length > 0);
    expect(left).toEqual([3]);
  });
});
