/**
 * Where changes of state are told to those who listen: at once, in order, and after the transition that made them, so that
 * a listener who asks for the state finds the new one.
 */

import type { ProcessState } from '../model/process-state.ts';

export interface StateChange {
  readonly group: string;
  readonly process: string;
  readonly from: ProcessState;
  readonly to: ProcessState;
  /** Of the living child, or of the one that just died; 0 if there was none. */
  readonly pid: number;
  /** Failed starts in a row. */
  readonly failures: number;
  /** After an exit: whether exitcodes expect it. */
  readonly expected: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
}

type Listener = (change: StateChange) => void;

export interface ChangeHub {
  publish(change: StateChange): void;
  /** Every change from now on. Returns the function that ends the subscription. */
  onAny(listener: Listener): () => void;
  /** Changes of one process. */
  on(group: string, process: string, listener: Listener): () => void;
}

/** `onDefect` hears of errors that listeners throw: they must not reach the machines. */
export function createChangeHub(onDefect: (error: unknown) => void): ChangeHub {
  const everywhere = new Set<Listener>();
  const single = new Map<string, Set<Listener>>();
  return {
    publish: (change) => {
      for (const listener of [...everywhere, ...(single.get(keyOf(change.group, change.process)) ?? [])]) {
        try {
          listener(change);
        } catch (error) {
          onDefect(error);
        }
      }
    },
    onAny: (listener) => {
      everywhere.add(listener);
      return () => {
        everywhere.delete(listener);
      };
    },
    on: (group, process, listener) => {
      const key = keyOf(group, process);
      const listeners = single.get(key) ?? new Set();
      single.set(key, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && single.get(key) === listeners) single.delete(key);
      };
    },
  };
}

const keyOf = (group: string, process: string): string => `${group}:${process}`;
