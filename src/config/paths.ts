/** Paths as configuration writes them: textual rules, `~`, and what a relative path is relative to. */

import { posix } from 'node:path';
import type { Host } from '../os/host.ts';

/** The part before the last slash, without trailing slashes; '' when there is none. */
export function directoryName(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  const trimmed = head.replace(/\/+$/, '');
  return trimmed === '' ? head : trimmed;
}

/** `path` below `directory`, unless it is absolute. Nothing is normalised. */
export function joinPath(directory: string, path: string): string {
  if (path.startsWith('/') || directory === '') return path;
  return directory.endsWith('/') ? directory + path : `${directory}/${path}`;
}

/** Absolute and normalised. */
export const absolutePath = (path: string, host: Host): string => posix.resolve(host.workingDirectory(), path);

/** A leading `~` or `~user` replaced by that home; the path unchanged when it is unknown. */
export function expandHome(path: string, host: Host): string {
  if (!path.startsWith('~')) return path;
  const slash = path.indexOf('/');
  const end = slash === -1 ? path.length : slash;
  const home = host.homeDirectory(end === 1 ? null : path.slice(1, end));
  if (home === null) return path;
  const expanded = home.replace(/\/+$/, '') + path.slice(end);
  return expanded === '' ? '/' : expanded;
}

/** `~` expanded, absolute, normalised. */
export const normalizePath = (path: string, host: Host): string => absolutePath(expandHome(path, host), host);
