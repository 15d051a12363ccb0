/** The `socket` of an fcgi program, with its owner, mode and backlog. */

import type { FcgiSocketSpec, OwnerSpec } from '../model/program-spec.ts';
import { quoteText } from '../model/python-text.ts';
import { normalizePath } from './paths.ts';
import { fcgiProgramOptions } from './program-options.ts';
import type { Reading, SectionReader } from './reading.ts';
import { parsePort } from './values.ts';

const DEFAULT_MODE = 0o700;
const LARGEST_BACKLOG = 65535;

/** Reads the socket in Supervisor's order; null when it is not usable, which is noted. */
export function readFcgiSocket(reading: Reading, reader: SectionReader): FcgiSocketSpec | null {
  // Of the keys all programs have, this one alone matters here: the socket belongs to the program's user.
  const user = reader.read(fcgiProgramOptions.user, 'here');
  const backlog = readBacklog(reader);
  const owner = reader.read(fcgiProgramOptions.socket_owner);
  const mode = reader.read(fcgiProgramOptions.socket_mode);
  const option = fcgiProgramOptions.socket;
  const text = reader.read(option);
  if (!text) {
    reader.refuseMissing(option, `[${reader.section}] section requires a "socket" line`);
    return null;
  }
  const refuse = (reason: string, expected: string | null = null): null => {
    reader.refuse(option, { reason: `${reason} in [${reader.section}] socket`, expected });
    return null;
  };
  if (text.startsWith('unix://')) {
    const path = text.slice('unix://'.length);
    if (!path.startsWith('/')) {
      return refuse(
        `('Unix socket path %s is not an absolute path', ${quoteText(path)})`,
        'an absolute path behind unix://',
      );
    }
    const implied: OwnerSpec | null =
      user && user.uid !== reading.host.userId ? { uid: user.uid, gid: user.gid } : null;
    const url = `unix://${normalizePath(path, reading.host)}`;
    return { url, backlog, owner: owner ?? implied, mode: mode ?? DEFAULT_MODE };
  }
  if (owner !== null || mode !== null) {
    return refuse('socket_owner and socket_mode params should only be used with a Unix domain socket');
  }
  const match = /^tcp:\/\/([^\s:]+):(\d+)\n?$/.exec(text);
  if (!match) {
    return refuse(`('Bad socket format %s', ${quoteText(text)})`, 'tcp://host:port or unix:///absolute/path');
  }
  const port = parsePort(match[2] ?? '');
  if (port.kind === 'refused') return refuse(port.reason);
  return { url: `tcp://${match[1]?.toLowerCase()}:${port.value}`, backlog, owner: null, mode: null };
}

function readBacklog(reader: SectionReader): number | null {
  const option = fcgiProgramOptions.socket_backlog;
  const backlog = reader.read(option);
  if (backlog === null || (backlog >= 1 && backlog <= LARGEST_BACKLOG)) return backlog;
  reader.refuse(option, { reason: `Invalid socket_backlog value ${backlog}`, expected: `1 to ${LARGEST_BACKLOG}` });
  return null;
}
