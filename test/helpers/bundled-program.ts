/** A program for Node, written in the TypeScript of this repository, that tests run as a process of its own. */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { buildSync } from 'esbuild';

const repository = resolve(import.meta.dirname, '../..');

/** Bundles `source`, which imports from the root of the repository (`./src/…`), into a file of that path. */
export function bundleProgram(path: string, source: string): void {
  buildSync({
    stdin: { contents: source, resolveDir: repository, loader: 'ts' },
    outfile: path,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['koffi'],
  });
}

/** Its standard error is that of the tests. */
export const runBundled = (path: string, ...args: readonly string[]): ChildProcessByStdio<Writable, Readable, null> =>
  spawn(process.execPath, [path, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // The one dependency that cannot be bundled is looked for here.
    env: { ...process.env, NODE_PATH: join(repository, 'node_modules') },
  });
