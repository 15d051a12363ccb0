/** Why a configuration was refused, on one line. */

import { ConfigError, describeProblem } from '../config/problem.ts';

/** Every mistake with its place. Unlike the words of Supervisor, which show whole values, these keep secrets out of the log. */
export const describeRefusal = (error: unknown): string =>
  error instanceof ConfigError ? error.problems.map(describeProblem).join('; ') : String(error);
