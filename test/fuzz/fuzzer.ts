/**
 * What a fuzzer is: seeds and a grammar that make inputs, and a target that checks one input. A check answers the class
 * of outcome it has seen, by which inputs that reach something new are recognized; it throws when a promise is broken.
 */

import type { PythonOracle } from './python.ts';
import type { Random } from './random.ts';

export interface Target {
  /** A short text such as `refused: no separator`: few different ones, and the same one for the same input. */
  check(input: Uint8Array): string | Promise<string>;
  /** Called once at the end; throws when something is left that should not be. */
  close?(): Promise<void>;
}

export interface TargetOptions {
  /** Python's original to compare with; null where it is not installed, and in the short run. */
  readonly python: PythonOracle | null;
}

export interface Fuzzer {
  /** Also the folder of its saved inputs. */
  readonly name: string;
  /** Valid inputs, to be mutated. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** Words of the language, for mutations. */
  readonly tokens: readonly (string | Uint8Array)[];
  /** An input made by a grammar. */
  readonly generate: (random: Random) => string | Uint8Array;
  /** Longest input in bytes. */
  readonly maxBytes: number;
  /** Inputs of the short run. */
  readonly shortRun: number;
  readonly open: (options: TargetOptions) => Promise<Target> | Target;
}

export const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? Buffer.from(text) : text);

/** A promise that was not kept. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export function expectThat(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Violation(promise);
}

/** Compares by structure; shows both sides. */
export function expectSame(actual: unknown, wanted: unknown, promise: string): void {
  const [left, right] = [shape(actual), shape(wanted)];
  if (left !== right) throw new Violation(`${promise}\n  got    ${left}\n  wanted ${right}`);
}

/** JSON that tells apart what JSON makes equal. */
function shape(value: unknown): string {
  return (
    JSON.stringify(value, function replace(this: Readonly<Record<string, unknown>>, key) {
      // As it is, not what its own toJSON makes of it.
      const part = this[key];
      if (part instanceof Uint8Array) return { bytes: Buffer.from(part).toString('hex') };
      if (part instanceof Map) return { map: [...part] };
      if (typeof part === 'number' && !(Number.isFinite(part) && !Object.is(part, -0)))
        return { number: String(Object.is(part, -0) ? '-0' : part) };
      if (part === undefined) return { undefined: true };
      return part;
    }) ?? 'undefined'
  );
}

/** A message as a class of outcome: its first words, without what differs from input to input. */
export const classOf = (message: string): string =>
  message
    .replace(/['"].*['"]|0x[0-9a-f]+/gs, 'Q')
    .replace(/[^A-Za-z]+/g, ' ')
    .split(' ')
    .slice(0, 5)
    .join(' ')
    .slice(0, 60);
