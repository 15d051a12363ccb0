/** What happens to a request when the configuration cannot be read: the client learns the first problem of the file. */

import { ConfigError } from '../config/problem.ts';
import { Fault } from '../model/errors.ts';

/** Turns an invalid configuration into CANT_REREAD. */
export function readingConfig<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) throw Fault.of('CANT_REREAD', error.message);
    throw error;
  }
}
