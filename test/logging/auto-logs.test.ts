import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAutoLog, removeAutoLogs } from '../../src/logging/auto-logs.ts';
import { useFolder } from './places.ts';

const inFolder = useFolder();

describe('a log with a generated name', () => {
  test('is an empty file that only its owner may read', () => {
    const path = createAutoLog({
      directory: inFolder('.'),
      process: 'web',
      channel: 'stdout',
      identifier: 'supervisor',
    });
    expect(basename(path)).toMatch(/^web-stdout---supervisor-[a-z0-9_]{8}\.log$/);
    expect(dirname(path)).toBe(dirname(inFolder('x')));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).size).toBe(0);
  });

  test('is another one each time', () => {
    const name = { directory: inFolder('.'), process: 'web', channel: 'stderr', identifier: 'supervisor' } as const;
    expect(createAutoLog(name)).not.toBe(createAutoLog(name));
  });

  test('cannot be created in a folder that does not exist', () => {
    expect(() =>
      createAutoLog({ directory: inFolder('missing'), process: 'web', channel: 'stdout', identifier: 'supervisor' }),
    ).toThrow('ENOENT');
  });
});

describe('removing the generated logs of earlier runs', () => {
  const remove = (identifier: string): string[] => {
    const problems: string[] = [];
    removeAutoLogs({ directory: inFolder('.'), identifier, onProblem: (message) => problems.push(message) });
    return problems;
  };

  test('takes those of the identifier, with their backups, and nothing else', () => {
    const own = [
      'web-stdout---super-abcdefgh.log',
      'a b-stderr---super-x.log.1',
      'c---super-y.log.9999',
      'd---super-z.log3',
    ];
    const others = [
      'web-stdout---other-abcdefgh.log',
      'web-stdout---supervisor-abcdefgh.log',
      '---super-abcdefgh.log',
      'e---super-.log',
      'f---super-a b.log',
      'g---super-abc.log.12345',
      'h---super-abc.log.gz',
      'i---super-abc.txt',
      'web.log',
    ];
    for (const name of [...own, ...others]) writeFileSync(inFolder(name), '');
    expect(remove('super')).toEqual([]);
    expect(readdirSync(inFolder('.')).sort()).toEqual([...others].sort());
  });

  test('takes an identifier literally', () => {
    writeFileSync(inFolder('a---s.p(1-abcdefgh.log'), '');
    writeFileSync(inFolder('a---sup(1-abcdefgh.log'), '');
    expect(remove('s.p(1')).toEqual([]);
    expect(readdirSync(inFolder('.'))).toEqual(['a---sup(1-abcdefgh.log']);
  });

  test('finds every name that was created', () => {
    const identifier = 'id-[x]---y';
    for (const process of ['a', 'a---b', 'log.log', 'id-[x]---y']) {
      createAutoLog({ directory: inFolder('.'), process, channel: 'stdout', identifier });
    }
    expect(remove(identifier)).toEqual([]);
    expect(readdirSync(inFolder('.'))).toEqual([]);
  });

  test('reports what it cannot remove and goes on', () => {
    mkdirSync(inFolder('a---super-folder12.log'));
    writeFileSync(inFolder('b---super-abcdefgh.log'), '');
    expect(remove('super')).toEqual([`Failed to clean up '${inFolder('a---super-folder12.log')}'`]);
    expect(readdirSync(inFolder('.'))).toEqual(['a---super-folder12.log']);
  });

  test('reports a folder that it cannot read', () => {
    const problems: string[] = [];
    removeAutoLogs({
      directory: inFolder('missing'),
      identifier: 'super',
      onProblem: (message) => problems.push(message),
    });
    expect(problems).toEqual(['Could not clear childlog dir']);
  });
});
