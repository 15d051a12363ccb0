/** Reading the errors that file system calls throw. */

/** The system's name of an error: `ENOENT`; undefined if `error` does not come from a system call. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What to tell a person about `error`: `ENOSPC: no space left on device`, without the call and the path behind it. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return errorCode(error) === undefined ? text : text.replace(/, \w+( '.*)?$/, '');
}
