/** A machine for the tests of configuration: its files, directories and users are what a test says. */

import type { UserSpec } from '../../src/model/program-spec.ts';
import type { Host } from '../../src/os/host.ts';

export interface Machine {
  /** Absolute path → content. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Pattern → what it matches. */
  readonly globs?: Readonly<Record<string, readonly string[]>>;
}

const users: readonly UserSpec[] = [
  { name: 'root', uid: 0, gid: 0 },
  { name: 'nobody', uid: 65534, gid: 65533 },
];

const groups = [
  { name: 'root', gid: 0 },
  { name: 'nogroup', gid: 65534 },
];

const directories: ReadonlySet<string> = new Set(['/', '/tmp', '/etc', '/home/me', '/srv/app']);

/** Runs as root in /srv/app, with /tmp, /etc and /home/me, and the users root and nobody. */
export function fakeHost(machine: Machine = {}): Host {
  const { files = {}, environment = { HOME: '/home/me' }, workingDirectory = '/srv/app', globs = {} } = machine;
  const absolute = (path: string): string => (path.startsWith('/') ? path : `${workingDirectory}/${path}`);
  const contentOf = (path: string): string | Uint8Array | undefined => files[absolute(path)];
  return {
    environment,
    userId: 0,
    nodeName: 'node-name',
    workingDirectory: () => workingDirectory,
    temporaryDirectory: () => '/tmp',
    homeDirectory: (user) => (user === null ? (environment.HOME ?? null) : user === 'root' ? '/root' : null),
    exists: (path) => contentOf(path) !== undefined || directories.has(absolute(path)),
    isDirectory: (path) => path !== '' && directories.has(path === '/' ? path : absolute(path).replace(/\/$/, '')),
    readFile: (path) => {
      const content = contentOf(path);
      if (content === undefined) return null;
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
    tlsProblem: ({ certificate }) => (contentOf(certificate) === 'BROKEN' ? 'PEM routines:no start line' : null),
    glob: (pattern) => globs[pattern] ?? (contentOf(pattern) === undefined ? [] : [pattern]),
    findUser: (nameOrId) => users.find(({ name, uid }) => nameOrId === name || nameOrId === uid) ?? null,
    findGroup: (nameOrId) => groups.find(({ name, gid }) => nameOrId === name || nameOrId === gid) ?? null,
  };
}
