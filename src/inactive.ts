/** What configuration may ask for and the daemon does not do: said once at the start, with what happens instead. */

import type { ConfigNotice, GroupSpec, SupervisorSpec } from './model/program-spec.ts';

const defaultResultHandler = 'supervisor.dispatchers:default_handler';

/** One warning for each value that is not followed. */
export const inactiveNotices = (spec: SupervisorSpec): readonly ConfigNotice[] => spec.groups.flatMap(foreignHandler);

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
