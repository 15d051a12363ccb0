/**
 * Checks the arguments of a request against the parameters of its method. Clients of many languages call, so values
 * that mean the same are accepted where Supervisor accepts them: numeric strings for integers, integers for booleans.
 */

import { Fault } from '../model/errors.ts';
import { quoteText } from '../model/python-text.ts';
import type { Method, Parameter } from './method.ts';

const shownCharacters = 100;

/** Throws INCORRECT_PARAMETERS when there are too few or too many. */
export function checkArgumentCount(method: Method, given: number): void {
  const required = method.params.filter((parameter) => !('default' in parameter)).length;
  if (given < required || given > method.params.length) throw Fault.of('INCORRECT_PARAMETERS');
}

/** The values `run` receives, defaults filled in. Throws INCORRECT_PARAMETERS with the value that does not fit. */
export const convertArguments = (method: Method, given: readonly unknown[]): readonly unknown[] =>
  method.params.map((parameter, index) => {
    if (index >= given.length) return parameter.default;
    const value = given[index];
    const converted = convert(parameter, value);
    if (converted === undefined) throw Fault.of('INCORRECT_PARAMETERS', showValue(value));
    return converted;
  });

/** undefined = does not fit. */
function convert(parameter: Parameter, value: unknown): unknown {
  switch (parameter.type) {
    case 'string':
      if (typeof value === 'string') return value;
      if (parameter.acceptsNumber) return toInteger(value)?.toString();
      return parameter.acceptsScalar && (isNumeric(value) || typeof value === 'boolean') ? showValue(value) : undefined;
    case 'int':
      return toInteger(value);
    case 'boolean':
      return typeof value === 'string' ? undefined : toTruth(value);
    case 'array':
      return Array.isArray(value) ? value : undefined;
    case 'struct':
      return isStruct(value) ? value : undefined;
    default:
      return parameter.type satisfies never;
  }
}

const toTruth = (value: unknown): boolean | undefined => {
  const integer = toInteger(value);
  return integer === undefined ? undefined : integer !== 0;
};

/** What Python's int() takes, within the numbers that are exact here. */
function toInteger(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const number = typeof value === 'string' ? parseInteger(value) : Number(isNumeric(value) ? value : Number.NaN);
  const whole = Math.trunc(number);
  return Number.isSafeInteger(whole) ? whole + 0 : undefined;
}

const isNumeric = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

const parseInteger = (text: string): number =>
  /^\s*[+-]?\d+(_\d+)*\s*$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;

/** A struct as both protocols deliver it: an object that is neither an array nor bytes. */
export const isStruct = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** The value in a fault's text, as Supervisor prints it, cut to a length that fits a message. */
export function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : represent(value, 0);
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}…`;
}

function represent(value: unknown, depth: number): string {
  if (typeof value === 'string') return quoteText(value.slice(0, shownCharacters));
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isNumeric(value)) return String(value);
  if (value === null || value === undefined) return 'None';
  if (depth > 1 || !Array.isArray(value)) return Array.isArray(value) ? '[...]' : '{...}';
  return `[${value
    .slice(0, shownCharacters)
    .map((item) => represent(item, depth + 1))
    .join(', ')}]`;
}
