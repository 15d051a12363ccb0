/** Reading the errors that file system calls throw. */

import { getSystemErrorMap } from 'node:util';

/** The system's name of an error: `ENOENT`; undefined if `error` does not come from a system call. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The same for an error that is known by its symbolic name only. */
export function textOfCode(code: string): string {
  return [...getSystemErrorMap().values()].find(([name]) => name === code)?.join(': ') ?? code;
}

/** What to tell a person about `error`: `ENOSPC: no space left on device`, whichever call it comes from. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = 'errno' in error && typeof error.errno === 'number' ? getSystemErrorMap().get(error.errno) : undefined;
  return known === undefined ? error.message : known.join(': ');
}
