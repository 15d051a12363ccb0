import { describe, expect, test } from 'vitest';
import { createBench, groupOf, lone, outcomeOf } from './fake-control.ts';

describe('process information', () => {
  test("has Supervisor's fields in Supervisor's order", async () => {
    const { call } = createBench(groupOf('g', { p: 'RUNNING' }));
    expect(await outcomeOf(call('supervisor.getProcessInfo', 'g:p'))).toBe(
      '{"name":"p","group":"g","start":0,"stop":0,"now":1700000000,"state":20,"statename":"RUNNING","spawnerr":"",' +
        '"exitstatus":0,"logfile":"","stdout_logfile":"","stderr_logfile":"","pid":4711,"description":""}',
    );
  });

  test('clamps instants to 32 bits', async () => {
    const { call, process } = createBench(lone('p'));
    process('p').infoValues = { start: 2 ** 40, stop: -(2 ** 40), now: 2 ** 31 };
    expect(await call('supervisor.getProcessInfo', 'p')).toMatchObject({
      start: 2147483647,
      stop: -2147483648,
      now: 2147483647,
    });
  });

  test.each(['nope', 'g', 'g:*', 'g:', 'g:nope'])('%j is a bad name', async (name) => {
    const { call } = createBench(groupOf('g', { p: 'RUNNING' }));
    expect(await outcomeOf(call('supervisor.getProcessInfo', name))).toBe(`BAD_NAME: ${name}`);
  });

  test('of all processes is sorted by group and name, by code point', async () => {
    const { call } = createBench(
      lone('b', 'STOPPED', 1),
      groupOf('a', { z: 'STOPPED', Z: 'STOPPED', 𝐳: 'STOPPED', '\uffee': 'STOPPED', é: 'STOPPED' }),
      lone('B'),
    );
    const rows = (await call('supervisor.getAllProcessInfo')) as readonly { group: string; name: string }[];
    expect(rows.map(({ group, name }) => `${group}:${name}`)).toEqual([
      'B:B',
      'a:Z',
      'a:z',
      'a:é',
      'a:\uffee',
      'a:𝐳',
      'b:b',
    ]);
  });
});

test.each(['shutdown', 'restart'])('%s answers true and asks the daemon', async (method) => {
  const { call, control } = createBench();
  expect(await call(`supervisor.${method}`)).toBe(true);
  expect(control.asked).toEqual([method]);
});
