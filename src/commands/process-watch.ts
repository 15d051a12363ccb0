/**
 * Waits until a process reaches a state that decides about a request. It listens for changes instead of looking again
 * and again, and it is set up before the request acts, so that no change can fall between the two.
 */

import type { ProcessState } from '../model/process-state.ts';
import type { ActiveProcess } from './control.ts';
import type { Session } from './method.ts';
import { holdUntilClose } from './session-holdings.ts';

export interface ProcessWatch<Verdict extends string> {
  /** null while nothing is decided. */
  verdict(): Verdict | 'abandoned' | null;
  /** The first verdict, or `abandoned` when the session ended before. */
  readonly decided: Promise<Verdict | 'abandoned'>;
  /** Stops listening; `decided` stays open. */
  end(): void;
}

/** `judge` is given each state the process enters from now on; the first answer that is not null decides. */
export function watchProcess<Verdict extends string>(
  process: ActiveProcess,
  session: Session,
  judge: (entered: ProcessState) => Verdict | null,
): ProcessWatch<Verdict> {
  let verdict: Verdict | 'abandoned' | null = null;
  let settle: (value: Verdict | 'abandoned') => void = () => {};
  let forget = () => {};
  const decided = new Promise<Verdict | 'abandoned'>((resolve) => {
    settle = resolve;
  });
  const stopListening = process.onChange((change) => {
    const answer = judge(change.to);
    if (answer !== null) decide(answer);
  });
  const end = () => {
    stopListening();
    forget();
  };
  const decide = (value: Verdict | 'abandoned') => {
    if (verdict !== null) return;
    verdict = value;
    end();
    settle(value);
  };
  forget = holdUntilClose(session, () => decide('abandoned'));
  return { verdict: () => verdict, decided, end };
}
