import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { logPath, openChildLog, outputMessage } from '../../src/logging/child-log.ts';
import type { LogfileSpec, OutputSpec } from '../../src/model/program-spec.ts';
import { readRotated, useFolder } from './places.ts';

const inFolder = useFolder();

const output = (logfile: LogfileSpec): OutputSpec => ({
  logfile,
  maxBytes: 4,
  backups: 2,
  captureMaxBytes: 0,
  eventsEnabled: false,
  syslog: false,
});

test('a channel that is not logged has no log', () => {
  expect(openChildLog(output({ kind: 'none' }), expect.unreachable)).toBeNull();
  expect(openChildLog(output({ kind: 'auto', path: null }), expect.unreachable)).toBeNull();
  expect(logPath({ kind: 'none' })).toBeNull();
});

test('a log is rotated as the channel says', () => {
  const path = inFolder('a.log');
  expect(logPath({ kind: 'file', path })).toBe(path);
  const log = openChildLog(output({ kind: 'file', path }), expect.unreachable);
  for (const text of ['1234', '5678', '9']) log?.write(Buffer.from(text));
  log?.close();
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('5678');
  expect(readRotated(path, 2).toString()).toBe('123456789');
});

test('a log that cannot be opened throws the error of the system', () => {
  const spec = output({ kind: 'auto', path: inFolder('missing/a.log') });
  expect(() => openChildLog(spec, expect.unreachable)).toThrow('ENOENT');
});

test.each([
  ['web', Buffer.from('text\n'), "'web' stdout output:\ntext\n"],
  ["it's", Buffer.from('höher'), '"it\'s" stdout output:\nhöher'],
  ['web', Buffer.from('\ufeffmark'), "'web' stdout output:\n\ufeffmark"],
  ['web', Buffer.from([0x61, 0xff, 0x0a]), "'web' stdout output:\nUndecodable: b'a\\xff\\n'"],
])('the copy in the log of the daemon for %s with %o', (process, bytes, message) => {
  expect(outputMessage(process, 'stdout', bytes)).toBe(message);
});
