/** The flags of `supervisord`, made from the table of options, and the usage that `-h` prints. */

import { Command, InvalidArgumentError, Option } from 'commander';
import { daemonOptions } from '../config/daemon-options.ts';
import type { Option as ConfigOption, Flag } from '../config/option.ts';
import type { Host } from '../os/host.ts';

interface FlagRow {
  readonly long: string;
  readonly flag: Flag;
  readonly config: ConfigOption<unknown> | null;
}

const ownFlag = (long: string, short: string | null, argument: string | null, ...help: string[]): FlagRow => ({
  long,
  flag: { short, argument, help },
  config: null,
});

const ownFlags = {
  configuration: ownFlag('configuration', 'c', 'FILENAME', 'configuration file path (searches if not given)'),
  help: ownFlag('help', 'h', null, 'print this usage message and exit'),
  version: ownFlag('version', 'v', null, 'print supervisord version number and exit'),
  test: ownFlag('test', null, null, 'check the configuration, print all that is wrong with it, and exit'),
  noAdopt: ownFlag('no-adopt', null, null, 'end programs that a killed supervisord has left, instead of adopting them'),
  profile: ownFlag('profile_options', null, 'OPTIONS', 'accepted for compatibility, has no effect'),
};

const usageOrder = [
  'configuration',
  'nodaemon',
  'silent',
  'help',
  'version',
  'user',
  'umask',
  'directory',
  'logfile',
  'logfile_maxbytes',
  'logfile_backups',
  'loglevel',
  'pidfile',
  'identifier',
  'childlogdir',
  'nocleanup',
  'minfds',
  'strip_ansi',
  'minprocs',
  'profile_options',
  'test',
  'no-adopt',
];

/** The flags with their checks; to be read by `parseArguments`. `argv0` is the command's path as called. */
export function createSupervisordCommand(host: Host, argv0: string): Command {
  const rows = flagRows();
  const command = new Command('supervisord').helpOption(false);
  for (const row of rows) command.addOption(commanderOption(row, host));
  return command.configureHelp({ formatHelp: () => usage(rows, argv0) });
}

function flagRows(): readonly FlagRow[] {
  const fromTable = Object.values<ConfigOption<unknown>>(daemonOptions).flatMap((config) =>
    config.flag ? [{ long: config.key, flag: config.flag, config }] : [],
  );
  const rows = [...Object.values(ownFlags), ...fromTable];
  return rows.toSorted((left, right) => usageOrder.indexOf(left.long) - usageOrder.indexOf(right.long));
}

function commanderOption({ long, flag, config }: FlagRow, host: Host): Option {
  const short = flag.short === null ? '' : `-${flag.short}, `;
  const argument = flag.argument === null ? '' : ` <${flag.argument}>`;
  const option = new Option(`${short}--${long}${argument}`, flag.help.join(' '));
  // The user is looked up when the file has been read, as Supervisor does; its type takes any text.
  if (config === null || flag.argument === null) return option;
  return option.argParser((value: string) => {
    const parsed = config.type.parse(value, host);
    if (parsed.kind === 'refused') throw new InvalidArgumentError(parsed.reason);
    return value;
  });
}

function usage(rows: readonly FlagRow[], argv0: string): string {
  const lines = rows.flatMap(({ long, flag }) => {
    const names = flag.short === null ? `--${long}` : `-${flag.short}/--${long}`;
    const start = `${[names, flag.argument].filter((word) => word !== null).join(' ')} -- `;
    const [first = '', ...more] = flag.help;
    return [start + first, ...more.map((line) => ' '.repeat(start.length + 1) + line)];
  });
  return [
    'supervisord -- run a set of applications as daemons.',
    '',
    `Usage: ${argv0} [options]`,
    '',
    'Options:',
    ...lines,
    '',
  ].join('\n');
}
