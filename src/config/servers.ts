/** The control servers: `[inet_http_server]`, `[unix_http_server]` and every section whose name starts so. */

import type { Credentials, ServerSpec } from '../model/program-spec.ts';
import { strip } from './blanks.ts';
import { inetServerOptions, unixServerOptions } from './daemon-options.ts';
import { normalizePath } from './paths.ts';
import { type Reading, SectionReader } from './reading.ts';

/** All servers, those on TCP first, as Supervisor reads them. */
export function readServers(reading: Reading): readonly ServerSpec[] {
  const sections = reading.sections.names();
  return [
    ...sections
      .filter((section) => section.startsWith('inet_http_server'))
      .map((section) => readInet(reading, section)),
    ...sections
      .filter((section) => section.startsWith('unix_http_server'))
      .map((section) => readUnix(reading, section)),
  ].filter((server) => server !== null);
}

function readInet(reading: Reading, section: string): ServerSpec | null {
  const reader = new SectionReader(reading, section);
  const credentials = readCredentials(reader);
  const address = reader.read(inetServerOptions.port);
  if (address === null) {
    reader.refuseMissing(inetServerOptions.port, `section [${section}] has no port value`);
    return null;
  }
  return { kind: 'inet', section, ...address, credentials };
}

function readUnix(reading: Reading, section: string): ServerSpec | null {
  const reader = new SectionReader(reading, section);
  const file = reader.read(unixServerOptions.file);
  if (file === null) reader.refuseMissing(unixServerOptions.file, `section [${section}] has no file value`);
  const credentials = readCredentials(reader);
  const owner = reader.read(unixServerOptions.chown);
  const mode = reader.read(unixServerOptions.chmod);
  if (file === null) return null;
  return { kind: 'unix', section, path: normalizePath(strip(file), reading.host), mode, owner, credentials };
}

function readCredentials(reader: SectionReader): Credentials | null {
  const username = reader.read(unixServerOptions.username);
  const password = reader.read(unixServerOptions.password);
  if (username !== null && password !== null) return { username, password };
  if (username === null && password === null) return null;
  reader.refuse(username === null ? unixServerOptions.username : unixServerOptions.password, {
    reason:
      `Section [${reader.section}] contains incomplete authentication: If a username or a password is specified, ` +
      'both the username and password must be specified',
  });
  return null;
}
