/**
 * One line in the daemon's log for every control action: what was asked, by whom and from where, and what came of it.
 * Secrets are left out, whatever is shown has a bound, and no name or argument can look like another part of the line.
 */

import { Fault, faultCodes } from '../model/errors.ts';
import { quoteText } from '../model/python-text.ts';
import { isStruct, showValue } from './arguments.ts';
import type { Method, Parameter, Session } from './method.ts';

export interface ControlAction {
  readonly method: Method;
  /** As they came, not checked yet. */
  readonly params: readonly unknown[];
  readonly session: Session;
}

const mostArguments = 8;
const mainNamespace = /^supervisor\./;

/** `control: startProcess web:01 by uid=0 pid=4711 over unix`, to which ` -> true` is added when that is known. */
export function describeAction({ method, params, session }: ControlAction): string {
  const words = [method.name.replace(mainNamespace, ''), ...showArguments(method, params)];
  return `control: ${words.join(' ')} by ${session.actor}`;
}

/** The first arguments of a call, each as one word. */
export function showArguments(method: Pick<Method, 'params'>, params: readonly unknown[]): readonly string[] {
  const shown = params.slice(0, mostArguments).map((value, index) => showArgument(method.params[index], value));
  return [...shown, ...(params.length > mostArguments ? ['…'] : [])];
}

function showArgument(parameter: Parameter | undefined, value: unknown): string {
  if (parameter?.secret) return typeof value === 'string' ? `<${Buffer.byteLength(value)} bytes>` : '<hidden>';
  const text = showValue(value);
  return /^[\w.:*@+/-]+$/.test(text) ? text : quoteText(text);
}

/** What a method answered: `true`, or of a batch how many it went well for. */
export function describeResult(result: unknown): string {
  if (typeof result === 'boolean') return String(result);
  if (!Array.isArray(result) || !result.every(isStruct)) return 'done';
  const failed = result.filter(({ status }) => status !== faultCodes.SUCCESS).length;
  return `${result.length - failed} done${failed === 0 ? '' : `, ${failed} failed`}`;
}

/** The name of the fault alone: what stands behind it may be what the caller wrote. */
export const describeError = (error: unknown): string =>
  error instanceof Fault ? error.text.replace(/:.*$/s, '') : 'internal error';
