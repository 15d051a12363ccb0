/**
 * What reading configuration asks of the system. `node-host.ts` answers for the machine, tests answer for themselves.
 * Nothing here changes anything.
 */

import type { TlsSpec, UserSpec } from '../model/program-spec.ts';

export interface Host {
  /** The environment the command was started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of the user the command runs as. */
  readonly userId: number;
  /** What `uname -n` prints. */
  readonly nodeName: string;
  /** Absolute. */
  workingDirectory(): string;
  /** The first of TMPDIR, TEMP, TMP, /tmp, /var/tmp, /usr/tmp and the working directory that can be written to. */
  temporaryDirectory(): string;
  /** Of a user by name, or of whoever runs the command; null when unknown. */
  homeDirectory(user: string | null): string | null;
  /** Symbolic links are followed, here and below. */
  exists(path: string): boolean;
  isDirectory(path: string): boolean;
  /** The whole file; null when it cannot be opened or is no file. */
  readFile(path: string): Uint8Array | null;
  /** Paths that match a shell pattern of `*`, `?` and `[…]`, in no particular order. Only `.*` matches a leading dot. */
  glob(pattern: string): readonly string[];
  /** Why a server cannot speak TLS with these files; null if it can. */
  tlsProblem(files: TlsSpec): string | null;
  findUser(nameOrId: string | number): UserSpec | null;
  findGroup(nameOrId: string | number): { readonly name: string; readonly gid: number } | null;
}
