import { describe, expect, test } from 'vitest';
import { reportCheck, wantsCheck } from '../../src/cli/check-configuration.ts';
import { parseArguments } from '../../src/cli/getopt.ts';
import { createSupervisordCommand } from '../../src/cli/supervisord-options.ts';
import { createNodeHost } from '../../src/os/node-host.ts';
import { specOf, withSupervisord } from '../config/load-text.ts';

const command = createSupervisordCommand(createNodeHost({}), 'supervisord');

describe('a check is wanted', () => {
  test.each([
    ['--test'],
    ['--te -n -c x'],
    ['-c x --test -l y'],
    ['-t'],
    ['-t -c x'],
    ['-tcx'],
    ['--configuration=x -t'],
  ])('by %s', (line) => {
    expect(wantsCheck(parseArguments(command, line.split(' ')))).toBe(true);
  });
});

describe('a start is wanted', () => {
  test.each([
    ['-c x'],
    ['-n -t -c x'],
    ['-tn'],
    ['-c x -t -n'],
    ['-t -l y'],
    ['-t -k'],
    ['--strip_ansi -c x'],
    ['--strip'],
    ['--ch /tmp -t'],
  ])('by %s', (line) => {
    expect(wantsCheck(parseArguments(command, line.split(' ')))).toBe(false);
  });
});

describe('the report on a valid configuration', () => {
  test('counts in words, and shows warnings and worse on standard error', () => {
    const spec = specOf(withSupervisord('[program:a]', 'command=x', '[unix_http_server]', 'file=/s'));
    const notices = [
      { level: 'info', message: 'Included' },
      { level: 'warn', message: 'odd' },
      { level: 'critical', message: 'very odd' },
    ] as const;
    expect(reportCheck(spec, notices)).toEqual({
      stdout: '/srv/app/supervisord.conf: valid: 1 group, 1 process, 1 server, 2 warnings; nothing was started\n',
      stderr: 'Warning: odd\nWarning: very odd\n',
    });
  });
});
