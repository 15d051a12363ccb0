/**
 * How soon V8 compiles a function to its fastest form. By itself it does so after a function has run some hundred times, which
 * suits a program that computes. A supervisor does each thing once for each program, and then nothing for hours: compiling took
 * a third of the processor time of a boot of a thousand, and most of that of a hundred ends, on the very cores where
 * the programs begin. So V8 does it late once something moves in the tree of actors, and as it is used to once somebody calls a method.
 */

import { setFlagsFromString } from 'node:v8';
import { takesFastPath } from './fast-paths.ts';

/** Of Node 20. Later ones have another compiler for what is in between, other settings, and were not measured. */
const knownEngine = /^11\./;

/** With our values, and V8's own. */
const settings = [
  // Four times as much has to run before that.
  { name: '--interrupt-budget', late: 270_336, usual: 67_584 },
  // And less of other functions is built into it.
  { name: '--max-inlined-bytecode-size-cumulative', late: 200, usual: 920 },
];

type Manner = 'late' | 'usual';

const flagsOf = (wanted: Manner): string => settings.map((setting) => `${setting.name}=${setting[wanted]}`).join(' ');

/** In one text, for V8 takes some microseconds over each. */
const flags = { late: flagsOf('late'), usual: flagsOf('usual') };

/** The launcher and the command are bundles of their own: only the process is common to both. */
const place = Symbol.for('statevisor.compiles');

/** Undefined for commands that leave it to V8. */
const manner = (): unknown => Reflect.get(globalThis, place);

function set(wanted: Manner): void {
  setFlagsFromString(flags[wanted]);
  Reflect.set(globalThis, place, wanted);
}

/** To be called first of all. `STATEVISOR_PLAIN=late-compiling` leaves all to V8. */
export function beginCompilingLate(): void {
  if (takesFastPath('late-compiling') && knownEngine.test(process.versions.v8)) set('late');
}

/** For what is done from now on: V8 reads the settings when it looks at a function that runs. */
export function compileLate(): void {
  if (manner() === 'usual') set('late');
}

/** For what is done from now on. */
export function compileAsUsual(): void {
  if (manner() === 'late') set('usual');
}

/**
 * For what V8 has to believe at another start: it takes compiled code only under the settings under which that was given
 * away. Code is given away and taken under those that each start begins with, whatever holds at the moment.
 */
export function underFirstSettings<Result>(work: () => Result): Result {
  if (manner() !== 'usual') return work();
  set('late');
  try {
    return work();
  } finally {
    set('usual');
  }
}
