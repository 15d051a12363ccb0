/**
 * How far the conversations with event listeners have come, as another daemon could go on with them. A daemon that is
 * killed while something passes from one pipe into its memory, or the other way, must not leave a state that is not true:
 * until it is through, nothing is certain.
 */

import type { Conversation } from '../actors/event-system.ts';
import type { ResumableState } from '../model/listener-protocol.ts';
import type { ProcessSpec } from '../model/program-spec.ts';
import { keyOf } from './process-key.ts';

interface Progress extends Conversation {
  /** What the listener has said is being taken out of its pipe. */
  readonly isHearing: boolean;
  /** What it is to be told is not wholly in its pipe. */
  readonly isWriting: boolean;
}

const beginning: Progress = { state: 'ACKNOWLEDGED', isMidway: false, isHearing: false, isWriting: false };

/** null while it is not certain where a conversation stands, or nobody could go on from there. */
function certainState({ state, isMidway, isHearing, isWriting }: Progress): ResumableState | null {
  return state === 'UNKNOWN' || isMidway || isHearing || isWriting ? null : state;
}

export class Conversations {
  readonly #known = new Map<string, Progress>();
  readonly #onChange: (spec: ProcessSpec, state: ResumableState | null) => void;

  /** `onChange` is called with each progress, also with one that makes no difference to the state. */
  constructor(onChange: (spec: ProcessSpec, state: ResumableState | null) => void) {
    this.#onChange = onChange;
  }

  /** A new program is about to be spawned, or one is gone on with. */
  begin(spec: ProcessSpec, state: ResumableState = 'ACKNOWLEDGED'): void {
    this.#known.set(keyOf(spec), { ...beginning, state });
  }

  note(spec: ProcessSpec, news: Partial<Progress>): void {
    const before = this.#known.get(keyOf(spec)) ?? beginning;
    // Its pipe may take all of an event before the conversation is known to be about it.
    const isGivenAnEvent = news.isWriting === true && before.state === 'READY';
    const progress: Progress = { ...before, ...(isGivenAnEvent && { state: 'BUSY' }), ...news };
    this.#known.set(keyOf(spec), progress);
    this.#onChange(spec, certainState(progress));
  }

  /** The program has ended. */
  end(spec: ProcessSpec): void {
    this.#known.delete(keyOf(spec));
  }

  isAnyMidway(): boolean {
    return [...this.#known.values()].some(({ isMidway, isWriting }) => isMidway || isWriting);
  }
}
