/**
 * Opens the sockets that FastCGI programs accept on. They block, since that is what such programs expect, which is why
 * Node's own servers cannot provide them. What is bound here is only ever handed over, never accepted on.
 */

import { chmodSync, closeSync, lchownSync, lstatSync, rmSync, unlinkSync } from 'node:fs';
import type { FcgiSocketSpec } from '../model/program-spec.ts';
import { bindSocket, inetAddress, listenOn, openSocket, reuseAddress, unixAddress } from './native.ts';
import type { Failure } from './os.ts';
import { errorText } from './system-error.ts';

/** What fits into sockaddr_un beside the final zero. */
const maxPathBytes = 107;

/** As many connections may wait as the system allows, which cuts this down to its own limit. */
const largestBacklog = 4096;

const modeBits = 0o7777;

/** The descriptor is closed on exec and belongs to the caller. */
export function openListeningSocket(spec: FcgiSocketSpec): { readonly fd: number } | Failure {
  const { url, backlog } = spec;
  const tcp = /^tcp:\/\/(.+):(\d+)$/.exec(url);
  const path = tcp === null ? url.slice('unix://'.length) : null;
  let fd: number | null = null;
  let isBound = false;
  try {
    fd = openSocket(path === null ? 'inet' : 'unix');
    if (path === null) bindPort(fd, tcp?.[1] ?? '', Number(tcp?.[2]));
    else bindPath(fd, path, spec);
    isBound = true;
    if (path !== null) settleFile(path, spec);
    listenOn(fd, backlog ?? largestBacklog);
    return { fd };
  } catch (error) {
    if (fd !== null) closeSync(fd);
    if (path !== null && isBound) rmSync(path, { force: true });
    return { error: errorText(error) };
  }
}

function bindPort(fd: number, host: string, port: number): void {
  reuseAddress(fd);
  const address = inetAddress(host, port);
  if (typeof address === 'string') throw new Error(address);
  bindSocket(fd, address);
}

/** Takes over what an earlier life left there: as Supervisor does, whether or not somebody still listens. */
function bindPath(fd: number, path: string, { mode }: FcgiSocketSpec): void {
  if (Buffer.byteLength(path) > maxPathBytes) throw new Error(`the path is longer than ${maxPathBytes} bytes`);
  const found = lstatSync(path, { throwIfNoEntry: false });
  // Anything else was put there by mistake or is named by mistake, and is nothing to be deleted.
  if (found?.isSocket() || found?.isSymbolicLink()) unlinkSync(path);
  // The file has its mode from the first moment; nobody else runs while the mask is changed.
  const mask = mode === null ? null : process.umask(~mode & 0o777);
  try {
    bindSocket(fd, unixAddress(path));
  } finally {
    if (mask !== null) process.umask(mask);
  }
}

/** Before anything listens, so that nobody gets in under the wrong owner. */
function settleFile(path: string, { owner, mode }: FcgiSocketSpec): void {
  if (owner !== null) {
    try {
      lchownSync(path, owner.uid ?? -1, owner.gid ?? -1);
    } catch (error) {
      throw new Error(`Could not change ownership of socket file: ${errorText(error)}`);
    }
  }
  // A directory's default ACL goes before the mask.
  if (mode === null || (lstatSync(path).mode & modeBits) === mode) return;
  try {
    chmodSync(path, mode);
  } catch (error) {
    throw new Error(`Could not change permissions of socket file: ${errorText(error)}`);
  }
}
