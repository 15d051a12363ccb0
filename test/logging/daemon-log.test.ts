import { existsSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { createDaemonLog, type DaemonLog, type DaemonLogOptions } from '../../src/logging/daemon-log.ts';
import { levelTable } from '../../src/logging/log-line.ts';
import { logLevels } from '../../src/model/program-spec.ts';
import { waitFor } from '../helpers/wait.ts';
import { readRotated, useFolder } from './places.ts';

const inFolder = useFolder();
const opened: DaemonLog[] = [];

afterEach(() => {
  for (const log of opened.splice(0)) log.close();
});

function openLog(options: Partial<DaemonLogOptions> = {}): DaemonLog {
  const log = createDaemonLog({
    path: inFolder('d.log'),
    maxBytes: 0,
    backups: 0,
    level: 'info',
    format: 'classic',
    stdout: false,
    ...options,
  });
  opened.push(log);
  return log;
}

const lines = (): string[] => readFileSync(inFolder('d.log'), 'utf8').split('\n').slice(0, -1);
const withoutTime = (): string[] => lines().map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} /, ''));

describe('the classic format', () => {
  test('is a line with local time, level and message', () => {
    openLog().info('hello');
    expect(lines()).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO hello$/)]);
  });

  test('names every level as Supervisor does', () => {
    const log = openLog({ level: 'blather' });
    for (const level of logLevels) log[level](level);
    expect(withoutTime()).toEqual([
      'CRIT critical',
      'ERRO error',
      'WARN warn',
      'INFO info',
      'DEBG debug',
      'TRAC trace',
      'BLAT blather',
    ]);
  });

  test('takes a message literally, whatever it looks like', () => {
    const log = openLog();
    for (const message of ['100%', '%s %d %%', '', '{"a":1}', 'höher', 'two\nlines'])
      log.info(message, { process: 'x' });
    expect(withoutTime()).toEqual([
      'INFO 100%',
      'INFO %s %d %%',
      'INFO ',
      'INFO {"a":1}',
      'INFO höher',
      'INFO two',
      'lines',
    ]);
  });
});

describe('the JSON format', () => {
  test('is one object a line, with level, epoch milliseconds, fields and message', () => {
    const log = openLog({ format: 'json' });
    log.warn('two\nlines', { process: 'web' });
    log.info('%s');
    expect(lines().map((line) => JSON.parse(line))).toEqual([
      { level: 'warn', time: expect.any(Number), process: 'web', msg: 'two\nlines' },
      { level: 'info', time: expect.any(Number), msg: '%s' },
    ]);
  });
});

describe('the level', () => {
  test.each(logLevels)('%s lets itself and what is more severe pass', (level) => {
    const log = openLog({ level });
    for (const each of logLevels) log[each](each);
    const passing = logLevels.filter((each) => levelTable[each].number >= levelTable[level].number);
    expect(withoutTime()).toEqual(passing.map((each) => `${levelTable[each].label} ${each}`));
  });

  test('can be changed', () => {
    const log = openLog({ level: 'warn' });
    log.info('not yet');
    log.setLevel('info');
    log.info('now');
    expect(log.level()).toBe('info');
    expect(withoutTime()).toEqual(['INFO now']);
  });
});

describe('the file', () => {
  test('is rotated', () => {
    const log = openLog({ maxBytes: 100, backups: 50 });
    for (let count = 0; count < 40; count += 1) log.info(`message ${count}`);
    expect(existsSync(`${inFolder('d.log')}.5`)).toBe(true);
    const messages = readRotated(inFolder('d.log'), 50)
      .toString()
      .match(/message \d+/g);
    expect(messages).toEqual(Array.from({ length: 40 }, (_, count) => `message ${count}`));
  });

  test('can be opened again and cleared', () => {
    const log = openLog();
    log.info('one');
    renameSync(inFolder('d.log'), inFolder('old.log'));
    log.info('two');
    log.reopen();
    log.info('three');
    expect(withoutTime()).toEqual(['INFO three']);
    expect(readFileSync(inFolder('old.log'), 'utf8').split('\n').length).toBe(3);
    log.clear();
    log.info('four');
    expect(withoutTime()).toEqual(['INFO four']);
  });

  test('can be absent', () => {
    const log = openLog({ path: null });
    log.info('to nobody');
    log.reopen();
    log.clear();
    expect(log.path).toBeNull();
    expect(existsSync(inFolder('d.log'))).toBe(false);
  });

  test('that cannot be opened throws the error of the system', () => {
    expect(() => openLog({ path: inFolder('missing/d.log') })).toThrow('ENOENT');
  });

  test('that cannot be written is complained about once to those who listen', async () => {
    symlinkSync('/dev/full', inFolder('d.log'));
    const log = openLog();
    let heard = '';
    log.onBytes((bytes) => {
      heard += Buffer.from(bytes).toString();
    });
    log.info('one');
    await waitFor('the complaint', () => heard.includes('WARN'));
    log.info('two');
    expect(heard.split('\n').map((line) => line.slice(24))).toEqual([
      'INFO one',
      `WARN cannot write to log '${inFolder('d.log')}', its output is discarded: ENOSPC: no space left on device`,
      'INFO two',
      '',
    ]);
  });
});

test('listeners get whole lines until they end their subscription', () => {
  const log = openLog();
  const heard: string[] = [];
  const end = log.onBytes((bytes) => heard.push(Buffer.from(bytes).toString()));
  log.info('one');
  log.debug('not logged');
  end();
  log.info('two');
  expect(heard).toEqual([expect.stringMatching(/ INFO one\n$/)]);
});

describe('the system log', () => {
  const openBoth = (format: 'classic' | 'json') => {
    const sent: string[] = [];
    const log = openLog({ path: null, format, syslog: (line) => sent.push(Buffer.from(line).toString()) });
    return { log, sent };
  };

  test('is given lines as the file is, each with time and level, without their ends', () => {
    const { log, sent } = openBoth('classic');
    log.warn('one\ntwo\n');
    expect(sent).toEqual([expect.stringMatching(/^[-\d]+ [\d:,]+ WARN one$/), expect.stringMatching(/ WARN two$/)]);
  });

  test('is given whole objects when the log consists of them', () => {
    const { log, sent } = openBoth('json');
    log.warn('one\ntwo');
    expect(sent.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ level: 'warn', msg: 'one\ntwo' })]);
    expect(sent[0]).not.toContain('\n');
  });
});
