/** What is believed of all processes of an episode. */

import { faultCodes } from '../../src/model/errors.ts';
import { answered, asked, type Belief, hurt, newBelief, type Outcome } from './model.ts';
import { type ChaosProgram, chaosPrograms, nameOf } from './programs.ts';

export class Beliefs {
  readonly #byName = new Map<string, Belief>(chaosPrograms.map((program) => [nameOf(program), newBelief('unknown')]));

  of(name: string): Belief {
    return this.#byName.get(name) ?? newBelief('unknown');
  }

  set(name: string, belief: Belief): void {
    this.#byName.set(name, belief);
  }

  /** Requests are on their way to these. */
  ask(names: readonly string[]): void {
    for (const name of names) this.set(name, asked(this.of(name)));
  }

  answer(names: readonly string[], outcomeOf: (name: string) => Outcome): void {
    for (const name of names)
      this.set(name, answered(this.of(name), vagueNames.includes(name) ? 'unknown' : outcomeOf(name)));
  }

  hurt(name: string): void {
    this.set(name, hurt(this.of(name)));
  }
}

/** Of these the file may say something else than the daemon has read, which then starts them anew at odd moments. */
export const vagueNames: readonly string[] = chaosPrograms
  .filter(({ comesAndGoes, group }) => comesAndGoes || group === 'edited')
  .map(nameOf);

export const membersOf = (group: string): readonly ChaosProgram[] =>
  chaosPrograms.filter((program) => program.group === group);

export const allNames: readonly string[] = chaosPrograms.map(nameOf);

/** What a start or stop came to, by the code of its answer, if what somebody wanted before was this. */
export function outcomeOfCode(direction: 'up' | 'down', code: number, { wanted }: Belief): Outcome {
  switch (code) {
    case faultCodes.SUCCESS:
      return direction;
    case faultCodes.BAD_NAME:
    case faultCodes.SHUTDOWN_STATE:
      return 'same';
    case faultCodes.ALREADY_STARTED:
      return direction === 'up' ? 'up' : 'unknown';
    default:
      return wanted === direction ? 'same' : 'unknown';
  }
}
