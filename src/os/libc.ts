/**
 * The C library through koffi, for calls Node does not offer. koffi is loaded, and each function bound, with the first
 * call, since loading takes longer than everything else a start does.
 */

import { constants } from 'node:os';
import { type Koffi, loadKoffi } from './load-koffi.ts';

let loaded: { readonly koffi: Koffi; readonly libc: ReturnType<Koffi['load']> } | null = null;

/** koffi and the process's own C library. */
export function cLibrary(): NonNullable<typeof loaded> {
  if (loaded === null) {
    const koffi = loadKoffi();
    loaded = { koffi, libc: koffi.load(null) };
  }
  return loaded;
}

/** C functions return −1 or an errno; both become this. `code` is symbolic: `EAGAIN`. */
export class SystemError extends Error {
  override readonly name = 'SystemError';
  readonly code: string;

  constructor(call: string, errno: number) {
    const code = errorName(errno);
    super(`${call}: ${code}`);
    this.code = code;
  }
}

/** Symbolic name of an errno, or the number as text if the platform does not name it. */
export function errorName(errno: number): string {
  // Not libuv's own names: it has none for errors that only a spawn can meet, such as ENOEXEC.
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? String(errno);
}

/** The errno of the last call, as its number. */
export const lastErrno = (): number => cLibrary().koffi.errno();

/** Throws `SystemError` with the last errno when a call has returned −1; otherwise gives back what it returned. */
export function checked(call: string, result: number): number {
  if (result < 0) throw new SystemError(call, lastErrno());
  return result;
}

/** A function of the C library, bound with its first call. The types must say what the prototype says. */
export function nativeCall<Arguments extends readonly unknown[], Result>(
  prototype: string,
): (...values: Arguments) => Result {
  let bound: ((...values: Arguments) => Result) | null = null;
  return (...values) => {
    bound ??= cLibrary().libc.func(prototype) as (...values: Arguments) => Result;
    return bound(...values);
  };
}

/** The same on a thread of its own: for calls that wait. A call that fails resolves with what it returned. */
export function waitingNativeCall<Arguments extends readonly unknown[]>(
  prototype: string,
): (...values: Arguments) => Promise<number> {
  let bound: { async(...values: unknown[]): void } | null = null;
  return (...values) => {
    bound ??= cLibrary().libc.func(prototype);
    const call = bound;
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null, result: number) => (error === null ? resolve(result) : reject(error));
      call.async(...values, settle);
    });
  };
}
