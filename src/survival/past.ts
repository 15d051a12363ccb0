/** What the processes of an earlier daemon go on with, and what of theirs must end first. */

import type { ProcessPast, TreePast } from '../../machines/events.ts';
import type { Leftover, LeftTree } from '../actors/leftovers.ts';
import type { Reason } from '../adoption/plan.ts';
import { ranMsOf, type SettledDecision, type Stock } from '../adoption/take-stock.ts';
import type { ProcessRecord, StopSettings } from '../model/process-record.ts';

/** How programs are ended that nothing is known of: as Supervisor's defaults. */
const usualStop: Pick<StopSettings, 'signal' | 'waitMs'> = { signal: { name: 'SIGTERM', number: 15 }, waitMs: 10_000 };

const reasonTexts: Readonly<Record<Reason, string>> = {
  changed: 'its configuration has changed',
  'not-configured': 'it is not configured any more',
  listener: 'it is not certain where the conversation with this event listener stands',
  ending: 'everything was about to be stopped',
  declined: 'it is not to be adopted (--no-adopt)',
  'other-boot': 'the system was started anew',
};

/** `now`: the present instant, as processes note instants. */
export function pastsOf(decisions: readonly SettledDecision[], now: number): TreePast['groups'] {
  const groups = new Map<string, Map<string, ProcessPast>>();
  for (const { kind, record } of decisions) {
    if (kind === 'end' || kind === 'forget') continue;
    const { group, name, pid } = record;
    const processes = groups.get(group) ?? new Map<string, ProcessPast>();
    groups.set(group, processes);
    if (kind === 'adopt') {
      // The wall clock may have been set since: the time it has run is what counts.
      const ranMs = ranMsOf(record);
      processes.set(name, { ...record, startedAt: now - ranMs, child: { pid, ranMs } });
    } else {
      processes.set(name, { ...record, child: null });
    }
  }
  return groups;
}

/** Of programs that have ended, or have to. */
export const leftTreesOf = (decisions: readonly SettledDecision[]): readonly LeftTree[] =>
  decisions.flatMap((decision): LeftTree[] => {
    const { treeMark, stop } = decision.record;
    if (treeMark === null || decision.kind === 'adopt' || isOfOtherBoot(decision)) return [];
    return [{ title: titleOf(decision.record), mark: treeMark, stop }];
  });

export const isOfOtherBoot = (decision: SettledDecision): boolean =>
  decision.kind === 'forget' && decision.reason === 'other-boot';

const titleOf = ({ group, name }: ProcessRecord): string => (group === name ? name : `${group}:${name}`);

export function leftoversOf({ decisions, strangers }: Stock): readonly Leftover[] {
  const known = decisions.flatMap((decision): Leftover[] => {
    if (decision.kind !== 'end') return [];
    const { pid, startTicks, stop } = decision.record;
    return [
      { title: titleOf(decision.record), program: { pid, startTicks }, stop, reason: reasonTexts[decision.reason] },
    ];
  });
  const unknown = strangers.map(({ pid, startTicks, groupId }): Leftover => {
    // What a program has started is in the program's group, and cannot be signalled as a group of its own.
    const stop = { ...usualStop, asGroup: groupId === pid, killAsGroup: groupId === pid };
    return { title: 'a program', program: { pid, startTicks }, stop, reason: 'its record in the journal is lost' };
  });
  return [...known, ...unknown];
}
