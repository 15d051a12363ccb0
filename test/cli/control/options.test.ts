import { describe, expect, it } from 'vitest';
import { controlUsage, createControlCommand } from '../../../src/cli/control/options.ts';
import { parseArguments } from '../../../src/cli/getopt.ts';

const parse = (...argv: readonly string[]) => parseArguments(createControlCommand(), argv);

describe('the command line of supervisorctl', () => {
  it('has the options first, then the action with everything behind it', () => {
    const { options, rest } = parse(
      '-ic',
      'f.conf',
      '--serverurl=unix:///s',
      '-u',
      'me',
      '-ppw',
      '-r',
      'h',
      'tail',
      '-f',
      'x',
    );
    expect([...options]).toEqual([
      ['interactive', true],
      ['configuration', 'f.conf'],
      ['serverurl', 'unix:///s'],
      ['username', 'me'],
      ['password', 'pw'],
      ['history_file', 'h'],
    ]);
    expect(rest).toEqual(['tail', '-f', 'x']);
  });

  it.each(['unix:///s.sock', 'unix://rel.sock', 'http://localhost:9001', 'http://h', 'ftp://x/', 'localhost:9001'])(
    'takes %j for an address',
    (url) => {
      expect(parse('-s', url).options.get('serverurl')).toBe(url);
    },
  );

  it.each(['foo', 'foo:', 'unix://', '://x', '', '/run/s.sock', '1http://x'])('refuses %j as an address', (url) => {
    expect(() => parse('-s', url)).toThrow(`invalid value for -s '${url}': value '${url}' is not a URL`);
  });

  it.each([
    [['-x'], 'option -x not recognized'],
    [['--history-file=x'], 'option --history-file not recognized'],
    [['-s', 'http://x', '-s', 'http://y'], "conflicting command line option '-s'"],
    [['-u'], 'option -u requires argument'],
    [['--interactive=1'], 'option --interactive must not have an argument'],
  ])('refuses %j', (argv, message) => {
    expect(() => parse(...argv)).toThrow(message);
  });

  it('is explained by -h', () => {
    expect(parse('-?').options.has('help')).toBe(true);
    const lines = controlUsage(createControlCommand(), '/usr/bin/supervisorctl').split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'supervisorctl -- control applications run by supervisord from the cmd line.',
      '',
      'Usage: /usr/bin/supervisorctl [options] [action [arguments]]',
      '',
      'Options:',
      '-c/--configuration FILENAME -- configuration file (searched for if not given)',
    ]);
    expect(lines.filter((line) => line.startsWith('-')).map((line) => line.split(/[ /]/).slice(0, 2))).toEqual([
      ['-c', '--configuration'],
      ['-h', '--help'],
      ['-i', '--interactive'],
      ['-s', '--serverurl'],
      ['-u', '--username'],
      ['-p', '--password'],
      ['-r', '--history_file'],
    ]);
  });
});
