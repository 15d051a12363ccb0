/** Answers of methods that Supervisor has not, taken apart without believing them. */

import { type ProcessState, processStateCodes } from '../../model/process-state.ts';

export type Fields = ReadonlyMap<string, unknown>;

/** The fields of a struct; none of anything else. */
export const fieldsOf = (value: unknown): Fields =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** '' when there is none. */
export function textOf(fields: Fields, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

/** 0 when there is none. */
export function numberOf(fields: Fields, name: string): number {
  const value = fields.get(name);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
}

export function stateOf(fields: Fields, name: string): ProcessState {
  const text = textOf(fields, name);
  return isProcessState(text) ? text : 'UNKNOWN';
}

const isProcessState = (text: string): text is ProcessState => Object.hasOwn(processStateCodes, text);
