import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Workshop } from '../workshop.ts';
import { limit } from './limit.ts';
import type { Rival } from './rival.ts';
import { runit } from './runit.ts';
import { s6 } from './s6.ts';
import { lesser, statevisor } from './statevisor.ts';
import { supervisor } from './supervisor.ts';

const root = mkdtempSync(join(tmpdir(), 'statevisor-bench-'));
const workshop: Workshop = { folder: () => root, tool: (name) => `/tools/${name}`, child: '', remove: () => undefined };

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** In the same folder for all, so that paths in what they write are equal. */
function planIn(rival: Rival, count: number, command: readonly string[]) {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  return rival.plan({ folder: root, count, command }, workshop);
}

test.each([2, 100, 101, 3000])('Supervisor and this product get the same configuration for %d programs', (count) => {
  const texts = [statevisor, supervisor].map((rival) => {
    planIn(rival, count, ['/tools/child', '/fifo', '%d']);
    return readFileSync(join(root, 'supervisord.conf'), 'utf8');
  });
  expect(texts[0]).toBe(texts[1]);
  expect(texts[0]?.match(/^\[program:/gm)).toHaveLength(count <= 100 ? count : 1);
});

test.each([2, 101])(
  'what is left out for comparison is all that the configurations for %d programs differ in',
  (count) => {
    const config = (rival: Rival): readonly string[] => {
      planIn(rival, count, ['/tools/child', '/fifo', '%d']);
      return readFileSync(join(root, 'supervisord.conf'), 'utf8').split('\n');
    };
    const whole = config(statevisor);
    const left = (line: string): string =>
      /^(runtime_dir|trace_size|stdout_logfile|stderr_logfile)=/.exec(line)?.[1] ?? line;
    const differences = lesser.map((rival) => {
      const lines = config(rival);
      const lost = whole.filter((line) => !lines.includes(line));
      const gained = lines.filter((line) => !whole.includes(line));
      return [rival.name, [...new Set([...lost, ...gained].map(left))]];
    });
    expect(Object.fromEntries(differences)).toEqual({
      'no-survival': ['runtime_dir'],
      'no-trace': ['trace_size'],
      'no-logs': ['stdout_logfile', 'stderr_logfile'],
      'none-of-these': ['runtime_dir', 'stdout_logfile', 'trace_size', 'stderr_logfile'],
    });
  },
);

test.each([runit, s6])('$name gets a folder for each program, and a logger only for what writes', (rival) => {
  planIn(rival, 2, ['/tools/child', '/fifo', '%d']);
  expect(readdirSync(join(root, 'services')).toSorted()).toEqual(['0', '1']);
  expect(readFileSync(join(root, 'services/1/run'), 'utf8')).toBe('#!/bin/sh\nexec /tools/child /fifo 1\n');
  expect(readdirSync(join(root, 'services/1'))).toEqual(['run']);
  planIn(rival, 1, ['/tools/writer', '/fifo', '%d']);
  expect(readdirSync(join(root, 'services/0')).toSorted()).toEqual(['log', 'run']);
});

test('the limit is told everything on its command line', () => {
  expect(planIn(limit, 5, ['/tools/child', '/fifo', '%d']).command).toEqual([
    '/tools/limit',
    join(root, 'limit.sock'),
    join(root, 'logs'),
    '5',
    '/tools/child',
    '/fifo',
    '%d',
  ]);
});
