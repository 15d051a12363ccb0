import { existsSync, mkdirSync, readdirSync, rmdirSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createCgroup, findCgroup, findCgroupHome, openCgroup } from '../../src/os/cgroup.ts';
import { RunningCommand } from '../helpers/command.ts';

const mount = (root: string, at: string): string => `31 24 0:27 ${root} ${at} rw,nosuid - cgroup2 cgroup2 rw\n`;

describe('where cgroups can be made', () => {
  test('is nowhere without version 2', () => {
    expect(findCgroupHome('30 24 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n', '3:cpu:/\n')).toEqual({
      kind: 'unusable',
      reason: 'cgroup version 2 is not mounted',
    });
  });

  test.each([
    ['outside of what is mounted', mount('/docker/abc', '/sys/fs/cgroup'), '0::/system.slice\n'],
    ['above the own namespace', mount('/', '/sys/fs/cgroup'), '0::/../other\n'],
    ['not told', mount('/', '/sys/fs/cgroup'), '4:memory:/\n'],
  ])('is nowhere when the own one is %s', (_, mounts, own) => {
    expect(findCgroupHome(mounts, own)).toEqual({
      kind: 'unusable',
      reason: 'the own cgroup is not below /sys/fs/cgroup',
    });
  });

  test('is nowhere when the own one may not be written to, and the reason names it', () => {
    const found = findCgroupHome(mount('/', '/no/such/place'), '0::/own\n');
    expect(found.kind === 'unusable' && found.reason).toContain('/no/such/place/own is not writable: ENOENT');
  });
});

const home = findCgroupHome();
const path = home.kind === 'usable' ? home.path : '';
const missing = home.kind === 'usable' ? '' : ` (left out: ${home.reason})`;

test.skipIf(missing !== '')(`a cgroup holds what is born in it until that is killed${missing}`, async () => {
  const box = createCgroup(path);
  const start = (): RunningCommand =>
    new RunningCommand('/bin/sh', ['-c', 'setsid sleep 86400 & wait'], {
      cwd: '/',
      env: { PATH: process.env.PATH ?? '' },
    });
  box.enter(process.pid);
  let command: RunningCommand;
  try {
    command = start();
    expect(() => box.kill()).toThrow('this process is itself in');
  } finally {
    openCgroup(path).enter(process.pid);
  }
  try {
    await expect.poll(() => box.pids()).toHaveLength(2);
    box.remove();
    expect(box.pids()).toContain(command.pid);
  } finally {
    box.kill();
  }
  expect((await command.ended()).status).toBe('SIGKILL');
  await expect
    .poll(() => {
      box.remove();
      return existsSync(box.path);
    })
    .toBe(false);
});

test.skipIf(missing !== '')(`trying leaves nothing behind, and clears up after those who have ended${missing}`, () => {
  const [stale, fresh] = ['stale', 'fresh'].map((name) => `${path}/statevisor-test-${name}-${process.pid}`) as [
    string,
    string,
  ];
  for (const box of [stale, fresh]) mkdirSync(box);
  utimesSync(stale, 0, Date.now() / 1000 - 100);
  findCgroupHome();
  expect([stale, fresh].map((box) => existsSync(box))).toEqual([false, true]);
  rmdirSync(fresh);
  expect(readdirSync(path).filter((name) => name.startsWith(`statevisor-${process.pid}-`))).toEqual([]);
});

test.skipIf(missing !== '')(`a cgroup is found again by its mark${missing}`, () => {
  const box = createCgroup(path, '0123456789abcdef');
  try {
    expect(findCgroup(path, '0123456789abcdef')?.path).toBe(box.path);
    expect(findCgroup(path, '123456789abcdef')).toBeNull();
  } finally {
    box.remove();
  }
  expect(findCgroup(path, '0123456789abcdef')).toBeNull();
});

test('no cgroup is found where none can be', () => {
  expect(findCgroup('/no/such/place', '0123456789abcdef')).toBeNull();
});
