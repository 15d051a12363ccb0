/**
 * Declares one control method so that its function receives the parameters with the types its table row promises. The
 * promise is kept by `dispatch.ts`, which converts every argument before it calls.
 */

import type { Method, MethodCall, Parameter } from './method.ts';

interface ValueOf {
  readonly string: string;
  readonly int: number;
  readonly boolean: boolean;
  readonly array: readonly unknown[];
  readonly struct: Readonly<Record<string, unknown>>;
}

type Values<Params extends readonly Parameter[]> = {
  readonly [Index in keyof Params]: ValueOf[Params[Index]['type']];
};

/** Who asks, and whom. */
export type Caller = Pick<MethodCall, 'control' | 'session'>;

export interface MethodDeclaration<Params extends readonly Parameter[]> extends Omit<Method, 'params' | 'run'> {
  readonly params: Params;
  readonly run: (caller: Caller, ...values: Values<Params>) => unknown;
}

export const defineMethod = <const Params extends readonly Parameter[]>(
  declaration: MethodDeclaration<Params>,
): Method => ({
  ...declaration,
  run: (call) => declaration.run(call, ...(call.params as Values<Params>)),
});

/** The same method under a second name, which older clients use. */
export const alias = (method: Method, name: string): Method => ({
  ...method,
  name,
  doc: `Another name of ${method.name}, for older clients. ${method.doc}`,
});
