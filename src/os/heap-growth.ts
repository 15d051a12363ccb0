/**
 * How much garbage the daemon holds before it is collected. Node by itself lets the heap grow to several times what is in
 * use when much is to be done, which is a good choice for one program on a machine, not for one that serves the others.
 */

import { setFlagsFromString } from 'node:v8';

const garbagePercent = 50;

/**
 * From now on long-lived memory is collected when that much has been added to what was in use after the collection before,
 * or 8 MiB if that is more. V8 reads the setting with each collection, so it may be made while the process runs.
 */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${garbagePercent}`);
}
