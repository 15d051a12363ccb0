/**
 * Keeps what V8 has compiled, so that the next start need not. The build fills the folder for its own version of Node; for
 * another one the first start does, where it may write. The plain path, `STATEVISOR_PLAIN=code-cache`, compiles each time.
 */

import { mkdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import type { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { takesFastPath } from '../os/fast-paths.ts';
import { onKeepCode } from '../os/kept-code.ts';
import { underFirstSettings } from '../os/late-compiling.ts';

export interface CodeCache {
  /** What is kept for a source; null when there is nothing, or nothing that can be trusted. */
  find(name: string, source: Uint8Array): Uint8Array | null;
  /** Notes what had to be compiled, to keep it once the code has run: only what has run is compiled. */
  miss(name: string, source: Uint8Array, script: Pick<Script, 'createCachedData'>): void;
}

/** `folder` is that of the commands. */
export function openCodeCache(folder: string): CodeCache {
  if (!takesFastPath('code-cache')) return { find: () => null, miss: () => undefined };
  // V8 refuses what another version of it has compiled, but then it would have been read in vain.
  const place = `${folder}/code/${process.versions.v8}-${process.arch}`;
  const missed = new Map<string, { readonly source: Uint8Array; readonly compiled: () => Buffer }>();
  const isTrusted = isOnlyOwners(folder, place);
  let keepsOn = false;

  const keep = (): void => {
    for (const [name, { source, compiled }] of missed) store(`${place}/${name}.bin`, source, compiled());
    missed.clear();
  };
  onKeepCode(() => {
    keepsOn = true;
    keep();
  });

  return {
    find: (name, source) => (isTrusted ? read(`${place}/${name}.bin`, source) : null),
    miss: (name, source, script) => {
      // Kept beside code that is another's, it would be trusted as theirs.
      if (statSync(folder, { throwIfNoEntry: false })?.uid !== process.geteuid?.()) return;
      missed.set(name, { source, compiled: () => underFirstSettings(() => script.createCachedData()) });
      if (keepsOn) setTimeout(keep, afterUseMs).unref();
    },
  };
}

/** Milliseconds after which code that was loaded late has been used. */
const afterUseMs = 2000;

const writableByOthers = 0o022;

/** Compiled code is as dangerous as code: whoever can write it must be able to write the commands, too. */
function isOnlyOwners(folder: string, place: string): boolean {
  try {
    const owner = statSync(folder).uid;
    return [`${folder}/code`, place].every((path) => {
      const { uid, mode } = statSync(path);
      return (uid === owner || uid === 0) && (mode & writableByOthers) === 0;
    });
  } catch {
    // There is none yet, or it is not for everybody to see.
    return false;
  }
}

/**
 * A file is: a mark, the checksum of the source, the checksum and the length of what V8 has made, and that. V8 itself
 * believes what it is given, and a damaged file would crash it.
 */
const mark = 0x53564331;
const headerBytes = 16;

function read(path: string, source: Uint8Array): Uint8Array | null {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch {
    return null;
  }
  if (file.length < headerBytes || file.readUInt32LE(0) !== mark) return null;
  const compiled = file.subarray(headerBytes);
  const isWhole = file.readUInt32LE(8) === crc32(compiled) && file.readUInt32LE(12) === compiled.length;
  return isWhole && file.readUInt32LE(4) === crc32(source) ? compiled : null;
}

/** In one step, since others may start meanwhile. Where it cannot be written, the next start compiles again. */
function store(path: string, source: Uint8Array, compiled: Buffer): void {
  const header = Buffer.alloc(headerBytes);
  [mark, crc32(source), crc32(compiled), compiled.length].forEach((word, at) => {
    header.writeUInt32LE(word, at * 4);
  });
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true, mode: 0o755 });
    writeFileSync(draft, Buffer.concat([header, compiled]), { mode: 0o644 });
    renameSync(draft, path);
  } catch {
    remove(draft);
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made.
  }
}
