/**
 * What the last daemon has left, by what was decided of it: which process goes on with its program, whose program must
 * end, whose last words are in its pipes. It answers questions, and changes nothing.
 */

import type { TreePast } from '../../machines/events.ts';
import type { Leftover } from '../actors/leftovers.ts';
import type { SettledDecision, Stock } from '../adoption/take-stock.ts';
import type { ProcessRecord } from '../model/process-record.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import type { ProcessIdentity } from '../os/watch-process.ts';
import { leftoversOf, pastsOf } from './past.ts';
import { keyOf, keyOfRecord } from './process-key.ts';
import { noAutoLogs } from './survival.ts';

type Adoption = Extract<SettledDecision, { readonly kind: 'adopt' }>;

export class LastLife {
  readonly past: TreePast;
  readonly leftovers: readonly Leftover[];
  /** What is gone on with while its program lives. */
  readonly adopted: readonly Adoption[];
  /** What is gone on with, its program living or not. */
  readonly goneOnWith: readonly SettledDecision[];
  /** What has to end, and is not gone on with. */
  readonly ended: readonly SettledDecision[];
  readonly forgotten: readonly SettledDecision[];
  readonly #decisions: ReadonlyMap<string, SettledDecision>;

  /** `now`: the present instant, as processes note instants. */
  constructor(stock: Stock, now: number) {
    const { decisions } = stock;
    this.#decisions = new Map(decisions.map((decision) => [keyOfRecord(decision.record), decision]));
    this.adopted = decisions.filter((decision) => decision.kind === 'adopt');
    this.goneOnWith = decisions.filter(({ kind }) => kind !== 'forget' && kind !== 'end');
    this.ended = decisions.filter(({ kind }) => kind === 'end');
    this.forgotten = decisions.filter(({ kind }) => kind === 'forget');
    this.past = { at: now, groups: pastsOf(decisions, now) };
    this.leftovers = leftoversOf(stock);
  }

  /** The program that the process goes on with. */
  survivor(spec: ProcessSpec): ProcessIdentity | null {
    const decision = this.#decisionOf(spec);
    return decision?.kind === 'adopt' ? decision.record : null;
  }

  mustEnd(spec: ProcessSpec): boolean {
    return this.#decisionOf(spec)?.kind === 'end';
  }

  hasLastWords(spec: ProcessSpec): boolean {
    const decision = this.#decisionOf(spec);
    return decision?.kind === 'forget' && decision.reason !== 'other-boot';
  }

  hasEndedUnseen(spec: ProcessSpec): boolean {
    return this.#decisionOf(spec)?.kind === 'dead';
  }

  formerAutoLogs(spec: ProcessSpec): ProcessRecord['autoLogs'] {
    const decision = this.#decisionOf(spec);
    return decision === undefined || decision.kind === 'forget' ? noAutoLogs : decision.record.autoLogs;
  }

  allAutoLogs(): ReadonlySet<string> {
    const kept = [...this.#decisions.values()].filter(({ kind }) => kind !== 'forget');
    return new Set(kept.flatMap(({ record: { autoLogs } }) => [autoLogs.stdout, autoLogs.stderr]));
  }

  /** What was written down of the process with this key. */
  recordOf(key: string): ProcessRecord | null {
    return this.#decisions.get(key)?.record ?? null;
  }

  #decisionOf(spec: ProcessSpec): SettledDecision | undefined {
    return this.#decisions.get(keyOf(spec));
  }
}
