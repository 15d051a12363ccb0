/**
 * What the file of each command does: it loads the packs that the build has made of the command's code, the main one
 * first. It is compiled anew with each start, so it is small.
 */

import { createRequire } from 'node:module';
import { limitHeapGrowth } from '../os/heap-growth.ts';
import { beginCompilingLate } from '../os/late-compiling.ts';
import { openPacks } from './packs.ts';

/** The command, and what the names of its packs begin with; the build puts both in. */
declare const command: string;
declare const packPrefix: string;

// Before all else, because V8 takes compiled code under the same flags only.
if (command === 'supervisord') {
  limitHeapGrowth();
  beginCompilingLate();
}

openPacks({
  folder: import.meta.dirname,
  prefix: packPrefix,
  require: createRequire(import.meta.filename),
  lasting: command === 'supervisord',
});
