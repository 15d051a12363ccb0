/** The files that pages refer to. They are part of the program and change only with it. */

import type { Reply } from '../server/http/http-handler.ts';
import { icon } from './icon.ts';
import { stylesheet } from './stylesheet.ts';

interface Asset {
  readonly contentType: string;
  readonly text: string;
}

const assets: ReadonlyMap<string, Asset> = new Map([
  ['/stylesheets/supervisor.css', { contentType: 'text/css', text: stylesheet }],
  ['/images/icon.svg', { contentType: 'image/svg+xml', text: icon }],
]);

/** A daemon of another version loads them at another time, so this says as much as a time of change. Epoch ms. */
const loadedAt = Math.floor(Date.now() / 1000) * 1000;

/**
 * Null for an unknown path.
 * @param knownSince The `If-Modified-Since` of a client that has the file already.
 */
export function findAsset(path: string, knownSince?: string): Reply | null {
  const asset = assets.get(path);
  if (asset === undefined) return null;
  const lastModified = { 'Last-Modified': new Date(loadedAt).toUTCString() };
  if (knownSince !== undefined && Date.parse(knownSince) === loadedAt) {
    return { status: 304, headers: lastModified, body: '' };
  }
  const headers = { ...lastModified, 'Content-Type': asset.contentType, 'X-Content-Type-Options': 'nosniff' };
  return { status: 200, headers, body: asset.text };
}
