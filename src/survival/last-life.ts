/**
 * What the last daemon has left, by what was decided of it: which process goes on with its program, whose program must
 * end, whose last words are in its pipes. It answers questions, and changes nothing.
 */

import type { TreePast } from '../../machines/events.ts';
import type { Survivor } from '../actors/child-process.ts';
import type { Leftover, LeftTree } from '../actors/leftovers.ts';
import type { SettledDecision, Stock } from '../adoption/take-stock.ts';
import type { ProcessRecord } from '../model/process-record.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import { isOfOtherBoot, leftoversOf, leftTreesOf, pastsOf } from './past.ts';
import { keyOf, keyOfRecord } from './process-key.ts';
import { noAutoLogs } from './survival.ts';

type Adoption = Extract<SettledDecision, { readonly kind: 'adopt' }>;

export class LastLife {
  readonly past: TreePast;
  readonly leftovers: readonly Leftover[];
  readonly leftTrees: readonly LeftTree[];
  /** What is gone on with while its program lives. */
  readonly adopted: readonly Adoption[];
  /** What is gone on with, its program living or not. */
  readonly goneOnWith: readonly SettledDecision[];
  /** What is not gone on with, but has to end, itself or what it has started. */
  readonly ended: readonly SettledDecision[];
  /** What is gone on with, its program having ended, but not begun anew before everything that must end has. */
  readonly held: readonly SettledDecision[];
  /** What is not gone on with, and of which nothing is left. */
  readonly forgotten: readonly SettledDecision[];
  readonly #decisions: ReadonlyMap<string, SettledDecision>;

  /** `now`: the present instant, as processes note instants. */
  constructor(stock: Stock, now: number) {
    const { decisions } = stock;
    this.#decisions = new Map(decisions.map((decision) => [keyOfRecord(decision.record), decision]));
    this.adopted = decisions.filter((decision) => decision.kind === 'adopt');
    this.goneOnWith = decisions.filter(({ kind }) => kind !== 'forget' && kind !== 'end');
    const hasLeft = ({ record }: SettledDecision): boolean => record.treeMark !== null;
    this.ended = decisions.filter(
      (of) => of.kind === 'end' || (of.kind === 'forget' && hasLeft(of) && !isOfOtherBoot(of)),
    );
    this.forgotten = decisions.filter((of) => of.kind === 'forget' && !this.ended.includes(of));
    this.past = { at: now, groups: pastsOf(decisions, now) };
    this.leftovers = leftoversOf(stock);
    this.leftTrees = leftTreesOf(decisions);
    this.held = this.mustWait ? decisions.filter(({ kind }) => kind === 'dead') : [];
  }

  /** Whether something has to end before anything is started. */
  get mustWait(): boolean {
    return this.leftovers.length + this.leftTrees.length > 0;
  }

  /** The program that the process goes on with. */
  survivor(spec: ProcessSpec): Survivor | null {
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

  mayHaveLeftWords(spec: ProcessSpec): boolean {
    const kind = this.#decisionOf(spec)?.kind;
    return kind === 'dead' || kind === 'rest';
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
