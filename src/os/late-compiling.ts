/**
 * How soon V8 compiles a function to its fastest form. By itself it does so after a function has run some hundred times, which
 * suits a program that computes. A start does each thing once for each program: compiling took a third of the processor time of
 * a boot of a thousand, on the very cores where the programs begin. Afterwards V8 does as it is used to, since a
 * daemon that is asked often is to answer fast soon.
 */

import { setFlagsFromString } from 'node:v8';
import { takesFastPath } from './fast-paths.ts';

/** Of Node 20. Later ones have another compiler for what is in between, other settings, and were not measured. */
const knownEngine = /^11\./;

/** With their values for the start, and V8's own. */
const settings = [
  // Four times as much has to run before that.
  { name: '--interrupt-budget', late: 270_336, usual: 67_584 },
  // And less of other functions is built into it.
  { name: '--max-inlined-bytecode-size-cumulative', late: 200, usual: 920 },
];

/** The launcher and the command are bundles of their own: only the process is common to both. */
const place = Symbol.for('statevisor.compilesLate');

const compilesLate = (): boolean => Reflect.get(globalThis, place) === true;

function set(late: boolean): void {
  for (const setting of settings) setFlagsFromString(`${setting.name}=${late ? setting.late : setting.usual}`);
  Reflect.set(globalThis, place, late);
}

/** From now on. V8 reads the settings when a function is looked at. `STATEVISOR_PLAIN=late-compiling` leaves them alone. */
export function compileLate(): void {
  if (takesFastPath('late-compiling') && knownEngine.test(process.versions.v8)) set(true);
}

/** The start is over. */
export function compileAsUsual(): void {
  if (compilesLate()) set(false);
}

/**
 * For what V8 has to believe at the next start: it takes compiled code only under the settings under which that was given
 * away. What `give` returns is for a script that is loaded under those of this moment, whenever it is called.
 */
export function underPresentSettings<Given>(give: () => Given): () => Given {
  const late = compilesLate();
  return () => {
    const now = compilesLate();
    if (late === now) return give();
    set(late);
    try {
      return give();
    } finally {
      set(now);
    }
  };
}
