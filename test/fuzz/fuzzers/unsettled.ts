/** Waiting within a check, with a bound: what never happens is a promise that was not kept. */

import { Violation } from '../fuzzer.ts';

/** Generous, for a machine that does much else. */
const patienceMs = 30_000;

/** Rejects with a violation when the promise does not settle. */
export async function settled<Value>(what: string, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Violation(`${what} never comes`)), patienceMs);
  });
  try {
    return await Promise.race([promise, bound]);
  } finally {
    clearTimeout(timer);
  }
}

/** One turn of the loop, so that pieces arrive as pieces. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
