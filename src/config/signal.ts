/** Signals as users write them: a name with or without SIG in any case, or a number. */

import type { SignalSpec } from '../model/program-spec.ts';
import { quoteText } from '../model/python-text.ts';
import { signalName, signalNumbers } from '../os/signals.ts';
import { strip } from './blanks.ts';
import { parseInteger } from './number.ts';

export type SignalResult =
  | { readonly kind: 'parsed'; readonly value: SignalSpec }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Looks a signal up. Unlike Supervisor this refuses 0 and the names that only look like signals (SIG_IGN), since a
 * program could not be stopped by them.
 */
export function parseSignal(text: string): SignalResult {
  const number = parseInteger(text) ?? numberOfName(text);
  if (number === null) return { kind: 'refused', reason: `value ${quoteText(text)} is not a valid signal name` };
  if (![...signalNumbers.values()].includes(number)) {
    return { kind: 'refused', reason: `value ${quoteText(text)} is not a valid signal number` };
  }
  return { kind: 'parsed', value: { name: signalName(number), number } };
}

function numberOfName(text: string): number | null {
  const name = strip(text).toUpperCase();
  return signalNumbers.get(name.startsWith('SIG') ? name : `SIG${name}`) ?? null;
}
