/** The daemon's own descriptors: none of those it inherited may reach a program, and a few must always be left. */

import { closeSync, openSync, readdirSync, statSync } from 'node:fs';
import { closeOnExec, getLimit, resources } from './native.ts';

const standardDescriptors = 3;
const ownDescriptors = '/proc/self/fd';

/** Marks everything above standard error, whoever opened it. Node marks what it opens itself. */
export function keepDescriptorsFromPrograms(): void {
  for (const name of readdirSync(ownDescriptors)) {
    const fd = Number(name);
    if (fd >= standardDescriptors) closeOnExec(fd);
  }
}

/** Points a standard descriptor to nowhere: the lowest free number is given to the next file that is opened. */
export function silence(fd: 1 | 2): void {
  closeSync(fd);
  openSync('/dev/null', 'r+');
}

export interface DescriptorRoom {
  /** How many descriptors this process may have. */
  readonly limit: number;
  /** How many of them are neither in use nor promised. */
  readonly spare: number;
}

let promised = 0;

/** Says that somebody who has closed a file must be able to open it again at any moment, or that this is over. */
export const promiseDescriptor = (): void => {
  promised += 1;
};
export const endPromise = (): void => {
  promised -= 1;
};

/** Cheap enough to be asked before each spawn and each connection. */
export function descriptorRoom(): DescriptorRoom {
  const limit = Number(getLimit(resources.NOFILE).soft);
  return { limit, spare: limit - openCount(limit) - promised };
}

/** Where nobody can tell, such as without /proc, there is room: the system refuses what is too much. */
function openCount(limit: number): number {
  try {
    // Linux says it as the size of the folder since 6.2, and 0 before.
    const { size } = statSync(ownDescriptors);
    return size > 0 ? size : readdirSync(ownDescriptors).length;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EMFILE' ? limit : 0;
  }
}
