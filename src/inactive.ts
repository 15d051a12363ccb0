/** What configuration may ask for and the daemon does not do: said once at the start, with what happens instead. */

import type { ConfigNotice, GroupSpec, ProcessSpec, SupervisorSpec } from './model/program-spec.ts';

const defaultResultHandler = 'supervisor.dispatchers:default_handler';

/** One warning for each key that has no effect. */
export function inactiveNotices(spec: SupervisorSpec): readonly ConfigNotice[] {
  const keys = spec.groups
    .flatMap(({ processes }) => processes)
    .flatMap(inactiveKeys)
    .map((key) => warning(`${key} is not active in this version: the key was read and has no effect`));
  return [...spec.groups.flatMap(foreignHandler), ...new Map(keys.map((notice) => [notice.message, notice])).values()];
}

const warning = (message: string): ConfigNotice => ({ level: 'warn', message });

/** Result handlers are Python code. */
function foreignHandler({ name, pool }: GroupSpec): readonly ConfigNotice[] {
  if (pool === undefined || pool.resultHandler === defaultResultHandler) return [];
  return [
    warning(
      `[eventlistener:${name}] result_handler=${pool.resultHandler} cannot be loaded, since it is Python code; ` +
        `results are judged as by ${defaultResultHandler}: OK accepts an event, anything else rejects it`,
    ),
  ];
}

const inactiveKeys = (spec: ProcessSpec): readonly string[] =>
  (['stdout', 'stderr'] as const).flatMap((channel) =>
    spec[channel].syslog ? [`[${spec.section}] ${channel}_syslog`] : [],
  );
