/** The inputs that once failed, one file each in test/fuzz/corpus/<fuzzer>; each run tries them first. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folderOf = (fuzzer: string): string => join('test', 'fuzz', 'corpus', fuzzer);

export function savedInputs(fuzzer: string): readonly { readonly file: string; readonly bytes: Uint8Array }[] {
  const folder = folderOf(fuzzer);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => ({ file, bytes: readFileSync(join(folder, file)) }));
}

/** Answers the path. The same input is saved once. */
export function saveInput(fuzzer: string, bytes: Uint8Array): string {
  const folder = folderOf(fuzzer);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.bin`);
  writeFileSync(path, bytes);
  return path;
}
