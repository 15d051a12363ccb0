/**
 * Lets go of the code that has run once, at the start, and is not needed any more: pages of files that are the same on the
 * disk. What is needed again comes back from the system's cache, in microseconds.
 */

import { readFileSync } from 'node:fs';
import { checked, nativeCall } from './libc.ts';

const adviseMemory = nativeCall<[address: bigint, bytes: bigint, advice: number], number>(
  'int madvise(uintptr_t address, size_t bytes, int advice)',
);
const MADV_DONTNEED = 4;

/** Part of the memory of this process. */
interface Mapping {
  readonly address: bigint;
  readonly bytes: bigint;
}

/** Throws `SystemError`, and Node's system error where there is no /proc. */
export function releaseCode(): void {
  for (const { address, bytes } of unchangedFiles(readFileSync('/proc/self/smaps', 'latin1'))) {
    checked('madvise', adviseMemory(address, bytes, MADV_DONTNEED));
  }
}

const header = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ (\d+)/;

/**
 * Of files, and neither writable now nor changed before, as what the loader has put in order: that is nowhere else, and
 * would be lost.
 */
export function unchangedFiles(smaps: string): readonly Mapping[] {
  const found: Mapping[] = [];
  let present: Mapping | null = null;
  for (const line of smaps.split('\n')) {
    const [, from, to, permissions, inode] = header.exec(line) ?? [];
    if (from !== undefined && to !== undefined) {
      const address = BigInt(`0x${from}`);
      const isOfFile = inode !== '0' && (permissions === 'r-xp' || permissions === 'r--p');
      present = isOfFile ? { address, bytes: BigInt(`0x${to}`) - address } : null;
    } else if (present !== null && /^Anonymous: +0 kB$/.test(line)) found.push(present);
  }
  return found;
}
