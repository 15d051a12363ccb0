/**
 * How soon V8 compiles a function to its fastest form. By itself it does so after a function has run some hundred times, which
 * suits a program that computes. A supervisor does each thing once for each of its programs: compiling took a third of the processor
 * time of a boot of a thousand, on the very cores where the programs begin. What runs for long gets there all the same.
 */

import { setFlagsFromString } from 'node:v8';
import { takesFastPath } from './fast-paths.ts';

/** Of Node 20. Later ones have another compiler for what is in between, other settings, and were not measured. */
const knownEngine = /^11\./;

const settings = [
  // Four times as much has to run before that.
  '--interrupt-budget=270336',
  // And less of other functions is built into it.
  '--max-inlined-bytecode-size-cumulative=200',
];

/** From now on. V8 reads the settings when a function is looked at. `STATEVISOR_PLAIN=late-compiling` leaves them alone. */
export function compileLate(): void {
  if (!takesFastPath('late-compiling') || !knownEngine.test(process.versions.v8)) return;
  for (const setting of settings) setFlagsFromString(setting);
}
