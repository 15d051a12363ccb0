import { truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createBench, groupOf, lone, outcomeOf, temporaryFolder } from './fake-control.ts';

const text = 'hello\nhéllo\n';

describe('reading', () => {
  const readers = [
    ['supervisor.readLog', []],
    ['supervisor.readMainLog', []],
    ['supervisor.readProcessStdoutLog', ['p']],
    ['supervisor.readProcessLog', ['p']],
    ['supervisor.readProcessStderrLog', ['p']],
  ] as const;

  test.each(readers)('%s answers slices of the file', async (method, name) => {
    using folder = temporaryFolder();
    const path = folder.file('log');
    const { call, control, process } = createBench(lone('p'));
    for (const log of [control.mainLog, process('p').stdout, process('p').stderr]) log.path = path;
    const read = (offset: unknown, length: unknown) => outcomeOf(call(method, ...name, offset, length));
    expect(await read(0, 0)).toBe(`NO_FILE: ${path}`);
    writeFileSync(path, text);
    expect(await read(0, 0)).toBe(JSON.stringify(text));
    expect(await read('6', '1')).toBe('"h"');
    expect(await read(-4, 0)).toBe('"llo\\n"');
    expect(await read(7, 1)).toBe('"\ufffd"');
    expect(await read(-4, 1)).toBe('BAD_ARGUMENTS');
    expect(await read(0, -1)).toBe('BAD_ARGUMENTS');
    truncateSync(path, 67_108_865);
    expect(await read(0, 0)).toBe('FAILED: 67108865 bytes, and at most 67108864 are sent at once');
    for (const log of [control.mainLog, process('p').stdout, process('p').stderr]) log.path = folder.file('.');
    expect(await read(0, 0)).toBe('FAILED');
    for (const log of [control.mainLog, process('p').stdout, process('p').stderr]) log.path = null;
    expect(await read(0, 0)).toBe('NO_FILE');
  });
});

describe('tailing', () => {
  test.each(['tailProcessStdoutLog', 'tailProcessLog', 'tailProcessStderrLog'])('%s', async (method) => {
    using folder = temporaryFolder();
    const path = folder.file('log');
    const { call, process } = createBench(lone('p'));
    const tail = (offset: unknown, length: unknown) => call(`supervisor.${method}`, 'p', offset, length);
    expect(await tail(0, 100)).toEqual(['', 0, false]);
    process('p').stdout.path = path;
    process('p').stderr.path = path;
    expect(await tail(5, 100)).toEqual(['', 0, false]);
    writeFileSync(path, text);
    expect(await tail(0, 100)).toEqual([text, 13, false]);
    expect(await tail('2', '3')).toEqual(['lo\n', 13, true]);
    expect(await tail(13, 5)).toEqual(['', 13, false]);
    process('p').stdout.path = folder.file('.');
    process('p').stderr.path = folder.file('.');
    expect(await tail(7, 5)).toEqual(['', 7, false]);
  });
});

describe('clearing', () => {
  test('clearLog begins the log of the daemon anew, and says so in the old one', async () => {
    using folder = temporaryFolder();
    const { call, control } = createBench();
    expect(await outcomeOf(call('supervisor.clearLog'))).toBe('NO_FILE');
    control.mainLog.path = folder.file('log');
    expect(await outcomeOf(call('supervisor.clearLog'))).toBe('NO_FILE');
    expect(control.mainLog.clearings).toBe(0);
    writeFileSync(control.mainLog.path, text);
    expect(await call('supervisor.clearLog')).toBe(true);
    expect(control.mainLog.clearings).toBe(1);
    expect(control.lines).toEqual(['info reopening log file']);
    control.mainLog.clearError = new Error('EACCES');
    expect(await outcomeOf(call('supervisor.clearLog'))).toBe('FAILED');
  });

  test.each(['clearProcessLogs', 'clearProcessLog'])('%s clears both logs, running or not', async (method) => {
    for (const state of ['RUNNING', 'STOPPED'] as const) {
      const { call, process } = createBench(groupOf('g', { p: state }));
      process('p').stdout.path = '/out';
      process('p').stderr.path = '/err';
      expect(await call(`supervisor.${method}`, 'g:p')).toBe(true);
      expect([process('p').stdout.clearings, process('p').stderr.clearings]).toEqual([1, 1]);
    }
  });

  test('a channel without a log is left alone, a failure of one does not spare the other', async () => {
    const { call, process } = createBench(lone('p'));
    expect(await call('supervisor.clearProcessLogs', 'p')).toBe(true);
    expect(process('p').stdout.clearings).toBe(0);
    process('p').stdout.path = '/out';
    process('p').stderr.path = '/err';
    process('p').stdout.clearError = new Error('EACCES');
    expect(await outcomeOf(call('supervisor.clearProcessLogs', 'p'))).toBe('FAILED: p');
    expect(process('p').stderr.clearings).toBe(1);
  });

  test('clearAllProcessLogs answers a row for each process, in boot order', async () => {
    const { call, process } = createBench(lone('z', 'STOPPED', 1), groupOf('g', { p: 'RUNNING' }));
    process('p').stdout.path = '/out';
    process('p').stdout.clearError = new Error('EACCES');
    expect(await call('supervisor.clearAllProcessLogs')).toEqual([
      { name: 'z', group: 'z', status: 80, description: 'OK' },
      { name: 'p', group: 'g', status: 30, description: 'FAILED: g:p' },
    ]);
  });
});

test.each([
  'readProcessStdoutLog',
  'readProcessStderrLog',
  'tailProcessStdoutLog',
  'tailProcessStderrLog',
  'clearProcessLogs',
])('%s refuses groups and unknown names', async (method) => {
  const { call } = createBench(groupOf('g', { p: 'RUNNING' }));
  for (const name of ['g:*', 'g', 'nope']) {
    const numbers = method.startsWith('clear') ? [] : [0, 0];
    expect(await outcomeOf(call(`supervisor.${method}`, name, ...numbers))).toBe(`BAD_NAME: ${name}`);
  }
});
