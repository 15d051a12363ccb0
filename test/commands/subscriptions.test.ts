import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Bench, createBench, groupOf, lone, outcomeOf, temporaryFolder } from './fake-control.ts';

const received = ({ session }: Bench): readonly (readonly [number, string])[] =>
  session.notifications.map(([method, [subscription, bytes]]) => {
    expect(method).toBe('log.bytes');
    return [subscription as number, Buffer.from(bytes as Uint8Array).toString()];
  });

describe('state changes', () => {
  test('are notified until the subscription ends', async () => {
    const { call, process, session } = createBench(groupOf('g', { p: 'RUNNING', q: 'STOPPED' }));
    expect(await call('subscribe.processes')).toEqual({ subscription: 1 });
    process('p').enter('STOPPING');
    process('q').enter('STARTING');
    expect(await call('subscribe.end', 1)).toBe(true);
    process('p').enter('STOPPED');
    expect(session.notifications).toEqual([
      ['process.changed', [1, { group: 'g', process: 'p', from: 'RUNNING', to: 'STOPPING', pid: 4711, at: 1000 }]],
      ['process.changed', [1, { group: 'g', process: 'q', from: 'STOPPED', to: 'STARTING', pid: 0, at: 1000 }]],
    ]);
    expect(await outcomeOf(call('subscribe.end', 1))).toBe('BAD_NAME: 1');
  });

  test('end with the connection', async () => {
    const { call, process, session } = createBench(lone('p'));
    await call('subscribe.processes');
    await call('subscribe.processes');
    expect(process('p').listenerCount).toBe(2);
    session.close();
    expect(process('p').listenerCount).toBe(0);
  });
});

test.each([true, false])('a request that comes after its connection ended leaves nothing behind', async (held) => {
  const { call, process, session } = createBench(lone('p'));
  if (held) await call('subscribe.processes');
  session.close();
  await call('subscribe.processes');
  expect(await outcomeOf(call('supervisor.startProcess', 'p'))).toBe(
    'FAILED: the connection ended while p was starting',
  );
  expect(process('p').listenerCount).toBe(0);
});

describe('logs', () => {
  test('arrive as the end of the file, then as they are written', async () => {
    using folder = temporaryFolder();
    const bench = createBench(lone('p', 'RUNNING'));
    const { stdout, stderr } = bench.process('p');
    stdout.path = folder.file('out');
    stderr.path = folder.file('err');
    writeFileSync(stdout.path, 'one two');
    writeFileSync(stderr.path, '');
    expect(await bench.call('subscribe.log', 'p', 'stdout', 3)).toEqual({ subscription: 1, path: stdout.path });
    expect(await bench.call('subscribe.log', 'p', 'stderr')).toEqual({ subscription: 2, path: stderr.path });
    stdout.emit(' three');
    stderr.emit('oops');
    expect(await bench.call('subscribe.end', 1)).toBe(true);
    stdout.emit(' four');
    stderr.emit('!');
    expect(received(bench)).toEqual([
      [1, 'two'],
      [1, ' three'],
      [2, 'oops'],
      [2, '!'],
    ]);
    expect([stdout.listenerCount, stderr.listenerCount]).toEqual([0, 1]);
    bench.session.close();
    expect(stderr.listenerCount).toBe(0);
  });

  test('of the daemon work in the same way', async () => {
    using folder = temporaryFolder();
    const bench = createBench();
    const { mainLog } = bench.control;
    mainLog.path = folder.file('log');
    writeFileSync(mainLog.path, 'old');
    expect(await bench.call('subscribe.mainLog', 0)).toEqual({ subscription: 1, path: mainLog.path });
    mainLog.emit('new');
    expect(received(bench)).toEqual([[1, 'new']]);
  });

  test('are sent in pieces when they are long', async () => {
    using folder = temporaryFolder();
    const bench = createBench();
    const { mainLog } = bench.control;
    mainLog.path = folder.file('log');
    const long = 'x'.repeat(200_000);
    writeFileSync(mainLog.path, long);
    await bench.call('subscribe.mainLog', 1_000_000);
    const pieces = received(bench).map(([, text]) => text);
    expect(pieces.map((piece) => piece.length)).toEqual([65_536, 65_536, 65_536, 3392]);
    expect(pieces.join('')).toBe(long);
  });

  test.each<[readonly unknown[], string]>([
    [['nope'], 'BAD_NAME: nope'],
    [['g:*'], 'BAD_NAME: g:*'],
    [['g:p', 'stdin'], 'BAD_ARGUMENTS: stdin'],
    [['g:p', 'stdout', -1], 'BAD_ARGUMENTS: -1'],
    [['g:p', 'stdout', 2 ** 20 + 1], 'BAD_ARGUMENTS: 1048577'],
    [['g:p', 'stdout'], 'NO_FILE'],
    [['g:p', 'stderr'], 'NO_FILE: /nonexistent/log'],
  ])('subscribe.log(%j) is refused: %s', async (params, outcome) => {
    const { call, process } = createBench(groupOf('g', { p: 'RUNNING' }));
    process('p').stderr.path = '/nonexistent/log';
    expect(await outcomeOf(call('subscribe.log', ...params))).toBe(outcome);
    expect(process('p').stderr.listenerCount).toBe(0);
  });
});

test('a connection cannot hold more than 256 subscriptions at a time', async () => {
  const { call, process } = createBench(lone('p'));
  for (let number = 1; number <= 256; number += 1) {
    expect(await call('subscribe.processes')).toEqual({ subscription: number });
  }
  expect(await outcomeOf(call('subscribe.processes'))).toBe('FAILED: too many subscriptions on this connection');
  expect(process('p').listenerCount).toBe(256);
  await call('subscribe.end', 7);
  expect(await call('subscribe.processes')).toEqual({ subscription: 257 });
});

test('a log is gone on with from the place that was told before a handover, without gap or repetition', async () => {
  using folder = temporaryFolder();
  const before = createBench(lone('p', 'RUNNING'));
  const path = folder.file('out');
  writeFileSync(path, 'one ');
  before.process('p').stdout.path = path;
  await before.call('subscribe.log', 'p', 'stdout', 0);
  await before.call('subscribe.log', 'p', 'stdout', 0);
  await before.call('subscribe.end', 2);
  before.session.handOver();
  expect(before.session.notifications).toEqual([['log.place', [1, expect.any(String)]]]);
  const place = before.session.notifications[0]?.[1][1];
  writeFileSync(path, 'one two');
  const after = createBench(lone('p', 'RUNNING'));
  after.process('p').stdout.path = path;
  await after.call('subscribe.log', 'p', 'stdout', 1000, place);
  after.process('p').stdout.emit(' three');
  expect(received(after)).toEqual([
    [1, 'two'],
    [1, ' three'],
  ]);
  expect(await outcomeOf(after.call('subscribe.log', 'p', 'stdout', 0, 'nowhere'))).toBe('BAD_ARGUMENTS: nowhere');
});
