/** The control servers: `[inet_http_server]`, `[unix_http_server]` and every section whose name starts so. */

import type { Credentials, InetServerSpec, ServerSpec, TlsSpec, UserAccount } from '../model/program-spec.ts';
import { isLoopback } from '../os/loopback.ts';
import { strip } from './blanks.ts';
import { inetServerOptions, unixServerOptions } from './daemon-options.ts';
import { normalizePath } from './paths.ts';
import { type Reading, SectionReader } from './reading.ts';

/** All servers, those on TCP first, as Supervisor reads them. */
export function readServers(reading: Reading, users: readonly UserAccount[]): readonly ServerSpec[] {
  const sections = reading.sections.names();
  return [
    ...sections
      .filter((section) => section.startsWith('inet_http_server'))
      .map((section) => readInet(reading, section, users)),
    ...sections
      .filter((section) => section.startsWith('unix_http_server'))
      .map((section) => readUnix(reading, section, users)),
  ].filter((server) => server !== null);
}

function readInet(reading: Reading, section: string, users: readonly UserAccount[]): ServerSpec | null {
  const reader = new SectionReader(reading, section);
  const credentials = readCredentials(reader, users);
  const address = reader.read(inetServerOptions.port);
  if (address === null) {
    reader.refuseMissing(inetServerOptions.port, `section [${section}] has no port value`);
  }
  const allowUnauthenticated = reader.read(inetServerOptions.allow_unauthenticated);
  const anonymousRole = reader.read(inetServerOptions.anonymous_role);
  const tls = readTls(reading, reader);
  if (address === null) return null;
  const server: InetServerSpec = {
    kind: 'inet',
    section,
    ...address,
    credentials,
    allowUnauthenticated,
    anonymousRole,
    tls,
  };
  if (!isLoopback(server.host) && !asksWho(server, users)) refuseOpenServer(reader, server);
  return server;
}

/** Whether a client has to show who it is, or the operator has said that it need not. */
const asksWho = ({ credentials, tls, allowUnauthenticated }: InetServerSpec, users: readonly UserAccount[]): boolean =>
  allowUnauthenticated || (credentials?.username ?? '') !== '' || users.length > 0 || (tls?.clientCa ?? null) !== null;

function refuseOpenServer(reader: SectionReader, { section, host, port }: InetServerSpec): void {
  reader.refuse(inetServerOptions.port, {
    brief: 'other machines can connect there, and nothing is asked of them',
    reason:
      `[${section}] would let everybody who can reach ${host === '' ? '*' : host}:${port} control this machine: ` +
      'set username and password, or listen on 127.0.0.1, or set allow_unauthenticated=true',
  });
}

/** Everything a server needs is tried out here, so that a restart that would fail is refused while all still runs. */
function readTls(reading: Reading, reader: SectionReader): TlsSpec | null {
  const { tls_certificate, tls_key, tls_client_ca } = inetServerOptions;
  const certificate = reader.read(tls_certificate);
  const key = reader.read(tls_key);
  const clientCa = reader.read(tls_client_ca);
  const written = [tls_certificate, tls_key, tls_client_ca].filter((option) => reader.entry(option) !== undefined);
  if (written.length === 0) return null;
  for (const option of [tls_certificate, tls_key]) {
    if (!written.includes(option)) {
      reader.refuse(option, { reason: `Section [${reader.section}] needs both tls_certificate and tls_key` });
    }
  }
  if (certificate === null || key === null) return null;
  const spec: TlsSpec = { certificate, key, clientCa };
  const problem = reading.host.tlsProblem(spec);
  if (problem !== null) reader.refuse(tls_certificate, { reason: `[${reader.section}] cannot speak TLS: ${problem}` });
  return spec;
}

function readUnix(reading: Reading, section: string, users: readonly UserAccount[]): ServerSpec | null {
  const reader = new SectionReader(reading, section);
  const file = reader.read(unixServerOptions.file);
  if (file === null) reader.refuseMissing(unixServerOptions.file, `section [${section}] has no file value`);
  const credentials = readCredentials(reader, users);
  const owner = reader.read(unixServerOptions.chown);
  const mode = reader.read(unixServerOptions.chmod);
  const anonymousRole = reader.read(unixServerOptions.anonymous_role);
  if (file === null) return null;
  const path = normalizePath(strip(file), reading.host);
  return { kind: 'unix', section, path, mode, owner, credentials, anonymousRole };
}

function readCredentials(reader: SectionReader, users: readonly UserAccount[]): Credentials | null {
  const username = reader.read(unixServerOptions.username);
  const password = reader.read(unixServerOptions.password);
  if (username === null && password === null) return null;
  if (username !== null && password !== null) {
    if (users.some((user) => user.username === username)) {
      reader.refuse(unixServerOptions.username, {
        reason: `${username} of section [${reader.section}] is also a [user:${username}]: one name, one password`,
      });
    }
    return { username, password };
  }
  reader.refuse(username === null ? unixServerOptions.username : unixServerOptions.password, {
    reason:
      `Section [${reader.section}] contains incomplete authentication: If a username or a password is specified, ` +
      'both the username and password must be specified',
  });
  return null;
}
