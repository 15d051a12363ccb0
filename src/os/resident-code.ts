/**
 * Lets go of the code that has run once, at the start, and is not needed any more: pages of files that are the same on the
 * disk. What is needed again comes back from the system's cache, in microseconds.
 */

import { checked, nativeCall } from './libc.ts';
import { eachLine } from './proc-file.ts';

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
  for (const { address, bytes } of unchangedFiles('/proc/self/smaps')) {
    checked('madvise', adviseMemory(address, bytes, MADV_DONTNEED));
  }
}

const header = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ (\d+)/;

/** Headers begin with a number of lower-case digits, what is told of a mapping with a capital letter. */
const isTelling = (firstByte: number): boolean => firstByte === anonymous || !isCapital(firstByte);
const anonymous = 'A'.charCodeAt(0);
const isCapital = (byte: number): boolean => byte >= 65 && byte <= 90;

/**
 * Of files, and neither writable now nor changed before, as what the loader has put in order: that is nowhere else, and
 * would be lost. Runs after garbage was collected, so it makes little: most of the lines at `path` say nothing about that.
 */
export function unchangedFiles(path: string): readonly Mapping[] {
  const found: Mapping[] = [];
  let present: Mapping | null = null;
  eachLine(path, isTelling, (line) => {
    const [, from, to, permissions, inode] = header.exec(line) ?? [];
    if (from !== undefined && to !== undefined) {
      const address = BigInt(`0x${from}`);
      const isOfFile = inode !== '0' && (permissions === 'r-xp' || permissions === 'r--p');
      present = isOfFile ? { address, bytes: BigInt(`0x${to}`) - address } : null;
    } else if (present !== null && /^Anonymous: +0 kB$/.test(line)) found.push(present);
  });
  return found;
}
