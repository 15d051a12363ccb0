/**
 * Loads koffi. Its own index first finds out what it runs on, by reading Node's executable among other things, and that
 * takes ten times as long as loading the library that it finds; so the one for Linux with the GNU library is loaded by
 * itself where it lies. The plain path, `STATEVISOR_PLAIN=koffi`, and everything unusual goes through the index.
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { takesFastPath } from './fast-paths.ts';

export type Koffi = typeof import('koffi');

/** Throws what Node does when koffi is missing. */
export function loadKoffi(): Koffi {
  const require = createRequire(join(import.meta.dirname, 'load-koffi.js'));
  const itself = takesFastPath('koffi') ? loadItself(require) : null;
  return itself ?? require('koffi');
}

/** Another major version may need more than its library. */
const knownVersion = /^3\./;

function loadItself(require: NodeJS.Require): Koffi | null {
  // Where the library for GNU might be found, too, but not all that it needs.
  if (existsSync(`/lib/ld-musl-${machineNames[process.arch] ?? ''}.so.1`)) return null;
  const system = `linux-${process.arch}`;
  const file = `@koromix/koffi-${system}/${system.replace('-', '_')}/koffi.node`;
  // Where Node would look; to have it look would load much of Node that nothing else needs.
  const folders = require.resolve.paths('koffi') ?? [];
  const places = folders.flatMap((folder) => [join(folder, file), join(folder, 'koffi/node_modules', file)]);
  const path = places.find((place) => existsSync(place));
  if (path === undefined) return null;
  try {
    const native: Koffi & { readonly version?: string } = require(path);
    return knownVersion.test(native.version ?? '') ? native : null;
  } catch {
    return null;
  }
}

const machineNames: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
