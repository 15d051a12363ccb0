/**
 * `[rpcinterface:x]`: which names the methods of the main interface are called by, and what is said about factories that
 * are code of somebody else for Python and cannot be loaded.
 */

import type { ConfigNotice, SupervisorSpec } from './model/program-spec.ts';

const mainFactory = 'supervisor.rpcinterface:make_main_rpcinterface';

/** The names of the sections with Supervisor's own factory, usually `supervisor` alone. */
export const mainInterfaceNames = ({ rpcInterfaces }: Pick<SupervisorSpec, 'rpcInterfaces'>): readonly string[] =>
  rpcInterfaces.filter(({ factory }) => factory === mainFactory).map(({ name }) => name);

/** Python package of well-known factories → what does its job here. */
const replacements: ReadonlyMap<string, string> = new Map([
  [
    'supervisor_twiddler',
    'change the configuration file instead, and call supervisor.reloadConfig, addProcessGroup and removeProcessGroup, ' +
      'or supervisorctl update',
  ],
  ['supervisor_quick', 'call supervisor.startProcess and stopProcess with wait=false instead'],
  ['mr', 'use the methods supervisor.startProcess, stopProcess and signalProcess instead'],
  ['multivisor', 'subscribe to state changes on the control socket instead: subscribe.processes'],
]);

/** One warning for each factory that cannot be loaded. */
export const foreignInterfaceNotices = ({
  rpcInterfaces,
}: Pick<SupervisorSpec, 'rpcInterfaces'>): readonly ConfigNotice[] =>
  rpcInterfaces
    .filter(({ factory }) => factory !== mainFactory)
    .map(({ name, factory }) => ({ level: 'warn', message: foreignText(name, factory) }));

function foreignText(name: string, factory: string): string {
  const replacement = replacements.get(factory.split(/[.:]/)[0] ?? '');
  const text =
    `[rpcinterface:${name}]: the factory '${factory}' is Python code and cannot be loaded here; ` +
    `the methods ${name}.* do not exist`;
  return replacement === undefined ? text : `${text}; ${replacement}`;
}
