/**
 * The files of the live page, which the build has put beside the program. They are read when the first browser asks, and kept:
 * a later version may lie there before this one has ended.
 */

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reply } from '../server/http/http-handler.ts';

interface AppFile {
  readonly body: Uint8Array;
  readonly etag: string;
}

/** Address → the file below the build's folder, and what it is. */
const files: ReadonlyMap<string, readonly [path: string, contentType: string]> = new Map([
  ['/app/app.js', ['web/app.js', 'text/javascript;charset=utf-8']],
  ['/app/app.css', ['web/app.css', 'text/css;charset=utf-8']],
  ['/charts.json', ['charts.json', 'application/json;charset=utf-8']],
]);

const kept = new Map<string, AppFile>();

/**
 * Null for an unknown path, and for a file that was not built.
 * @param known The `If-None-Match` of a client that has the file already.
 */
export function findAppFile(address: string, known?: string): Reply | null {
  const entry = files.get(address);
  if (entry === undefined) return null;
  const [path, contentType] = entry;
  const file = kept.get(path) ?? read(path);
  if (file === null) return null;
  kept.set(path, file);
  // Asked for at each visit, for another version may have taken over; and answered with nothing as long as none has.
  const headers = { ETag: file.etag, 'Cache-Control': 'no-cache' };
  if (known?.includes(file.etag)) return { status: 304, headers, body: '' };
  return {
    status: 200,
    headers: { ...headers, 'Content-Type': contentType, 'X-Content-Type-Options': 'nosniff' },
    body: file.body,
  };
}

function read(path: string): AppFile | null {
  const place = buildFolders
    .map((folder) => join(import.meta.dirname, folder, path))
    .find((found) => existsSync(found));
  if (place === undefined) return null;
  const body = readFileSync(place);
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

/** From the bundle, from one of its chunks, and from the source. */
const buildFolders = ['.', '..', '../../dist'];
