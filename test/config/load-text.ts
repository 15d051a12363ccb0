/** Loads the text of a configuration as /srv/app/supervisord.conf of a fake machine. */

import type { Overrides } from '../../src/config/daemon.ts';
import { loadSupervisorConfig, type SupervisorConfig } from '../../src/config/load.ts';
import type { ConfigProblem } from '../../src/config/problem.ts';
import type { GroupSpec, ProcessSpec, SupervisorSpec } from '../../src/model/program-spec.ts';
import { fakeHost, type Machine } from './fake-host.ts';

export const configFile = '/srv/app/supervisord.conf';

export interface Options extends Machine {
  readonly overrides?: Overrides;
}

export function load(text: string, options: Options = {}): SupervisorConfig {
  const host = fakeHost({ ...options, files: { ...options.files, [configFile]: text } });
  return loadSupervisorConfig(host, {
    configFile,
    overrides: options.overrides ?? new Map(),
    argv0: '/usr/bin/supervisord',
  });
}

/** The spec of a configuration that must be valid. */
export function specOf(text: string, options: Options = {}): SupervisorSpec {
  const result = load(text, options);
  if (result.kind === 'invalid') throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.spec;
}

/** The problems of a configuration that must be invalid. */
export function problemsOf(text: string, options: Options = {}): readonly ConfigProblem[] {
  const result = load(text, options);
  if (result.kind === 'ok') throw new Error('the configuration is valid');
  return result.problems;
}

/** Supervisor's text for a configuration that must be invalid. */
export const errorOf = (text: string, options: Options = {}): string => problemsOf(text, options)[0]?.message ?? '';

/** The warnings of a configuration that must be valid. */
export const warningsOf = (text: string, options: Options = {}): readonly string[] =>
  specOf(text, options).notices.flatMap(({ level, message }) => (level === 'warn' ? [message] : []));

/** `[supervisord]` and `[program:x]` with a command, and these lines in it. */
export const programWith = (...lines: readonly string[]): string =>
  [
    '[supervisord]',
    '[program:x]',
    ...(lines.some((line) => /^command\b/.test(line)) ? [] : ['command=/bin/cat']),
    ...lines,
    '',
  ].join('\n');

export const withSupervisord = (...lines: readonly string[]): string => ['[supervisord]', ...lines, ''].join('\n');

/** The processes of `[program:x]` with these lines. */
export const processesWith = (...lines: readonly string[]): readonly ProcessSpec[] =>
  only(specOf(programWith(...lines)).groups).processes;

/** The one process of `[program:x]` with these lines. */
export const processWith = (...lines: readonly string[]): ProcessSpec => only(processesWith(...lines));

export const groupNamed = (spec: SupervisorSpec, name: string): GroupSpec => {
  const found = spec.groups.find((group) => group.name === name);
  if (!found) throw new Error(`no group ${name}`);
  return found;
};

export function only<Item>(items: readonly Item[]): Item {
  const [first] = items;
  if (first === undefined || items.length !== 1) throw new Error(`expected one item, got ${items.length}`);
  return first;
}
