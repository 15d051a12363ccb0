/**
 * What the launcher, two lines of shell before the command itself, notes in the environment because it cannot be told later, and
 * what it sets for the command alone. Programs must see nothing of either.
 */

/** The soft limit of open files the command was started with, which Node raises for itself. */
export const startLimitVariable = 'STATEVISOR_SOFT_NOFILE';

/** Set when the launcher has set the next one, which the C library reads before any code of ours runs. */
const allocatorVariable = 'STATEVISOR_ARENAS';
const arenasVariable = 'MALLOC_ARENA_MAX';

type Environment = Readonly<Record<string, string | undefined>>;

/** Names of variables that are the launcher's, not the user's. */
export function launcherVariables(environment: Environment): readonly string[] {
  const isOurs = environment[allocatorVariable] !== undefined;
  return [startLimitVariable, allocatorVariable, ...(isOurs ? [arenasVariable] : [])];
}

/** What the launcher would have noted, for a start without it. */
export const launcherNotes = (softFileLimit: string): Readonly<Record<string, string>> => ({
  [startLimitVariable]: softFileLimit,
});
