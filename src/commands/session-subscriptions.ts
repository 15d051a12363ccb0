/** The numbered subscriptions of each connection. Their number is bounded: every one costs work for each change. */

import { Fault } from '../model/errors.ts';
import type { Session } from './method.ts';
import { holdUntilClose } from './session-holdings.ts';

const mostPerSession = 256;

interface Subscriptions {
  lastNumber: number;
  readonly active: Map<number, () => void>;
}

const subscriptions = new WeakMap<Session, Subscriptions>();

/** `open` receives the number and returns the function that ends the subscription. */
export function beginSubscription(session: Session, open: (number: number) => () => void): number {
  const mine = subscriptions.get(session) ?? { lastNumber: 0, active: new Map() };
  subscriptions.set(session, mine);
  if (mine.active.size >= mostPerSession) throw Fault.of('FAILED', 'too many subscriptions on this connection');
  mine.lastNumber += 1;
  const number = mine.lastNumber;
  const close = open(number);
  const forget = holdUntilClose(session, close);
  mine.active.set(number, () => {
    forget();
    close();
  });
  return number;
}

/** False when there is no such subscription on this connection. */
export function endSubscription(session: Session, number: number): boolean {
  const active = subscriptions.get(session)?.active;
  const end = active?.get(number);
  if (active === undefined || end === undefined) return false;
  active.delete(number);
  end();
  return true;
}
