/** The command line of supervisorctl: what may be given before the action, and the help about it. */

import { Command, InvalidArgumentError } from 'commander';
import { quoteText } from '../../model/python-text.ts';

/** The options; long names are the keys of what `parseArguments` returns. */
export const createControlCommand = (): Command =>
  new Command('supervisorctl')
    .helpOption(false)
    .argument('[action...]')
    .option('-c, --configuration <FILENAME>', 'configuration file (searched for if not given)')
    .option('-h, --help', 'print this help and exit')
    .option('-i, --interactive', 'ask before shutdown and reload, and for a login where one is needed')
    .option('-s, --serverurl <URL>', 'address of supervisord (default "http://localhost:9001")', checkUrl)
    .option('-u, --username <USERNAME>', 'user name for the server')
    .option('-p, --password <PASSWORD>', 'password for the server')
    .option('-r, --history_file <FILENAME>', 'accepted, but history_file in [supervisorctl] decides');

/** The help on standard output. `argv0` is the command as it was called. */
export function controlUsage(command: Command, argv0: string): string {
  const options = command.options.map(({ short, long, flags, description }) => {
    const argument = /<(.*)>/.exec(flags)?.[1];
    return `${short}/${long}${argument === undefined ? '' : ` ${argument}`} -- ${description}`;
  });
  return [
    'supervisorctl -- control applications run by supervisord from the cmd line.',
    '',
    `Usage: ${argv0} [options] [action [arguments]]`,
    '',
    'Options:',
    ...options,
    '',
    'An action is a command such as "status", "start" or "tail" with its arguments; "help" lists them all,',
    'and "help <action>" explains one. Without an action a shell is started that reads actions line by line.',
    '',
  ].join('\n');
}

/** As Python splits it, an address has a scheme and then a host or a path. */
function checkUrl(value: string): string {
  const parts = /^[a-z][a-z0-9+.-]*:(?:\/\/([^/?#]*))?([^?#]*)/i.exec(value);
  if (!parts || (!parts[1] && !parts[2])) throw new InvalidArgumentError(`value ${quoteText(value)} is not a URL`);
  return value;
}
