/** Where a configuration file is looked for when none is named. */

import type { Host } from '../os/host.ts';
import { directoryName, joinPath } from './paths.ts';

export interface ConfigFileSearch {
  /** The first that exists; null when none does. */
  readonly found: string | null;
  readonly searched: readonly string[];
}

/** The places, best first. Two of them depend on where the command itself is: `argv0` is its path as called. */
export function configFilePlaces(argv0: string): readonly string[] {
  const prefix = directoryName(directoryName(argv0));
  return [
    joinPath(prefix, 'etc/supervisord.conf'),
    joinPath(prefix, 'supervisord.conf'),
    'supervisord.conf',
    'etc/supervisord.conf',
    '/etc/supervisord.conf',
    '/etc/supervisor/supervisord.conf',
  ];
}

export function findConfigFile(host: Host, argv0: string): ConfigFileSearch {
  const searched = configFilePlaces(argv0);
  return { found: searched.find((place) => host.exists(place)) ?? null, searched };
}

/** Supervisor's error when the daemon finds no file. */
export const noConfigFileMessage = (searched: readonly string[]): string =>
  `No config file found at default paths (${searched.join(', ')}); ` +
  'use the -c option to specify a config file at a different path';

/** Said on standard error when the daemon searches as root. */
export const rootSearchWarning =
  'Supervisord is running as root and it is searching for its configuration file in default locations ' +
  '(including its current working directory); you probably want to specify a "-c" argument specifying an absolute ' +
  'path to a configuration file for improved security.';
