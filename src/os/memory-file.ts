/** Files without a name, in memory: what is written there outlives an exec that hands the descriptor on, and nothing else. */

import { closeSync, fstatSync, readSync, writeFileSync } from 'node:fs';
import { checked, nativeCall } from './libc.ts';

const memfdCreate = nativeCall<[name: string, flags: number], number>('int memfd_create(const char *name, uint flags)');

const MFD_CLOEXEC = 1;

/** Descriptor of a file that holds the text; `name` is for people who look into /proc. Throws the system's error. */
export function keepInMemory(name: string, text: string): number {
  const fd = checked('memfd_create', memfdCreate(name, MFD_CLOEXEC));
  try {
    writeFileSync(fd, text);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** The text of such a file, which is gone then. Throws the system's error. */
export function takeFromMemory(fd: number): string {
  try {
    const bytes = Buffer.allocUnsafe(fstatSync(fd).size);
    for (let length = 0; length < bytes.length; ) {
      const count = readSync(fd, bytes, length, bytes.length - length, length);
      if (count === 0) return bytes.toString('utf8', 0, length);
      length += count;
    }
    return bytes.toString('utf8');
  } finally {
    closeSync(fd);
  }
}
