/** Reading the errors that system calls throw. */

import { getSystemErrorMap } from 'node:util';

/** The system's name of an error: `ENOENT`; undefined if `error` does not come from a system call. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What to tell a person about `error`: `ENOSPC: no space left on device`, whichever call it comes from. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return knownText(errorCode(error)) ?? error.message;
}

/** The same for an error of which only the system's name is known. */
export const textOfCode = (code: string): string => knownText(code) ?? code;

function knownText(code: string | undefined): string | undefined {
  return [...getSystemErrorMap().values()].find(([name]) => name === code)?.join(': ');
}
