/** What configuration may ask for and this version does not do yet: said once at the start, and left out of what runs. */

import type { ConfigNotice, GroupSpec, ProcessSpec, SupervisorSpec } from './model/program-spec.ts';

const isActive = ({ kind }: GroupSpec): boolean => kind !== 'eventlistener';

/** The same specification without the groups that cannot run. */
export const withoutInactive = (spec: SupervisorSpec): SupervisorSpec => ({
  ...spec,
  groups: spec.groups.filter(isActive),
});

/** One warning for each section, or key, that has no effect yet. */
export function inactiveNotices(spec: SupervisorSpec): readonly ConfigNotice[] {
  const sections = [
    ...spec.groups.filter((group) => !isActive(group)).map(({ kind, name }) => `[${kind}:${name}]`),
  ].map((section) => warning(`${section} is not active in this version: the section was read and has no effect`));
  const keys = spec.groups
    .filter(isActive)
    .flatMap(({ processes }) => processes)
    .flatMap(inactiveKeys)
    .map((key) => warning(`${key} is not active in this version: the key was read and has no effect`));
  return [...sections, ...new Map(keys.map((notice) => [notice.message, notice])).values()];
}

const warning = (message: string): ConfigNotice => ({ level: 'warn', message });

const inactiveKeys = (spec: ProcessSpec): readonly string[] =>
  (['stdout', 'stderr'] as const).flatMap((channel) => [
    ...(spec[channel].captureMaxBytes > 0 ? [`[${spec.section}] ${channel}_capture_maxbytes`] : []),
    ...(spec[channel].eventsEnabled ? [`[${spec.section}] ${channel}_events_enabled`] : []),
    ...(spec[channel].syslog ? [`[${spec.section}] ${channel}_syslog`] : []),
  ]);
