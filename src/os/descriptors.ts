/** The daemon's own descriptors: none of those it inherited may reach a program. */

import { closeSync, openSync, readdirSync } from 'node:fs';
import { closeOnExec } from './native.ts';

const standardDescriptors = 3;

/** Marks everything above standard error, whoever opened it. Node marks what it opens itself. */
export function keepDescriptorsFromPrograms(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    if (fd >= standardDescriptors) closeOnExec(fd);
  }
}

/** Points a standard descriptor to nowhere: the lowest free number is given to the next file that is opened. */
export function silence(fd: 1 | 2): void {
  closeSync(fd);
  openSync('/dev/null', 'r+');
}
