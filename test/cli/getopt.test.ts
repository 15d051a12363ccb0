import { Command, InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseArguments, UsageError } from '../../src/cli/getopt.ts';

const wholeNumber = (value: string): string => {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError(`invalid literal for int() with base 10: '${value}'`);
  return value;
};

const daemon = new Command('supervisord')
  .helpOption(false)
  .option('-h, --help', 'print this usage message and exit')
  .option('-v, --version', 'print version')
  .option('-c, --configuration <file>', 'configuration file')
  .option('-n, --nodaemon', 'stay in the foreground')
  .option('-k, --nocleanup', 'keep old logs')
  .option('-e, --loglevel <level>', 'log level')
  .option('-l, --logfile <file>', 'log file')
  .option('-y, --logfile_maxbytes <bytes>', 'size', wholeNumber)
  .option('--minprocs <number>', 'processes', wholeNumber);

const client = new Command('supervisorctl').helpOption(false).argument('[action...]').option('-i, --interactive');

const given = (...argv: string[]) => Object.fromEntries(parseArguments(daemon, argv).options);

describe('options', () => {
  test.each([
    [['-c', 'x.conf'], { configuration: 'x.conf' }],
    [['-cx.conf'], { configuration: 'x.conf' }],
    [['-nkc', 'x.conf'], { nodaemon: true, nocleanup: true, configuration: 'x.conf' }],
    [['-nkcx.conf'], { nodaemon: true, nocleanup: true, configuration: 'x.conf' }],
    [['--configuration=x.conf'], { configuration: 'x.conf' }],
    [['--configuration', 'x.conf'], { configuration: 'x.conf' }],
    [['--conf', 'x.conf'], { configuration: 'x.conf' }],
    [['--configuration=a=b'], { configuration: 'a=b' }],
    [['--configuration='], { configuration: '' }],
    [['--logfile', 'x'], { logfile: 'x' }],
    [['-c', '-n'], { configuration: '-n' }],
    [['--minp', '3'], { minprocs: '3' }],
    [['-?'], { help: true }],
    [['-n', '--'], { nodaemon: true }],
  ])('reads %j', (argv, expected) => {
    expect(given(...argv)).toEqual(expected);
  });

  test('are kept in the order in which they were given', () => {
    expect([...parseArguments(daemon, ['-k', '-n']).options.keys()]).toEqual(['nocleanup', 'nodaemon']);
  });

  test('behind help or version are not looked at', () => {
    expect(given('-h', '-n', '-n')).toEqual({ help: true });
    expect(given('-v', '-y', 'abc')).toEqual({ version: true });
  });
});

describe('words behind the options', () => {
  test.each([
    [
      ['status', '-i'],
      ['status', '-i'],
    ],
    [
      ['-i', 'tail', '-f', 'x'],
      ['tail', '-f', 'x'],
    ],
    [
      ['-', 'x'],
      ['-', 'x'],
    ],
    [['--', '-i'], ['-i']],
  ])('%j leaves %j', (argv, rest) => {
    expect(parseArguments(client, argv).rest).toEqual(rest);
  });
});

describe('mistakes', () => {
  test.each([
    [['--nope'], 'option --nope not recognized'],
    [['--nope=3'], 'option --nope not recognized'],
    [['-X'], 'option -X not recognized'],
    [['-nX'], 'option -X not recognized'],
    [['-c'], 'option -c requires argument'],
    [['--logfile_maxbytes'], 'option --logfile_maxbytes requires argument'],
    [['--nodaemon=1'], 'option --nodaemon must not have an argument'],
    [['--nod=1'], 'option --nodaemon must not have an argument'],
    [['--log'], 'option --log not a unique prefix'],
    [['--=x'], 'option -- not a unique prefix'],
    [['foo'], "positional arguments are not supported: ['foo']"],
    [['-n', 'foo', "it's"], `positional arguments are not supported: ['foo', "it's"]`],
    [['-h', 'foo'], "positional arguments are not supported: ['foo']"],
    [['-y', 'abc'], "invalid value for -y 'abc': invalid literal for int() with base 10: 'abc'"],
    [
      ['--logfile_max=abc'],
      "invalid value for --logfile_maxbytes 'abc': invalid literal for int() with base 10: 'abc'",
    ],
    [['-e', 'info', '-e', 'info'], "conflicting command line option '-e'"],
    [['-e', 'info', '--loglevel', 'info'], "conflicting command line option '--loglevel'"],
    [['-n', '-n'], "conflicting command line option '-n'"],
    [['-y', 'abc', '-h'], "invalid value for -y 'abc': invalid literal for int() with base 10: 'abc'"],
  ])('%j is refused with "%s"', (argv, message) => {
    expect(() => parseArguments(daemon, argv)).toThrow(new UsageError(message));
  });

  test('any words give options or a UsageError', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('-c', '-n', '--log', '--', '-ncx'))), (argv) => {
        try {
          parseArguments(daemon, argv);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});
