/** The one table of control methods. Whoever serves, lists or documents them reads it from here. */

import { configurationMethods } from './configuration.ts';
import { eventMethods } from './events.ts';
import { identityMethods } from './identity.ts';
import { logMethods } from './logs.ts';
import type { Method } from './method.ts';
import { overviewMethods } from './overview.ts';
import { startMethods } from './processes-start.ts';
import { stopMethods } from './processes-stop.ts';
import { signalMethods } from './signal.ts';
import { stateMethods } from './state.ts';
import { stdinMethods } from './stdin.ts';
import { subscriptionMethods } from './subscriptions.ts';
import { createSystemMethods } from './system.ts';
import { traceMethods } from './trace.ts';
import { upgradeMethods } from './upgrade.ts';
import { whyMethods } from './why.ts';

export { createDispatch } from './dispatch.ts';
export { apiVersion, supervisorVersion } from './identity.ts';

/**
 * @param names what the main interface is called by, each a namespace of its own. Without any, only `system.*` exists: no
 * subscriptions either.
 */
export function createMethods(names: readonly string[] = [mainNamespace]): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>();
  const main = [
    ...identityMethods,
    ...stateMethods,
    ...startMethods,
    ...stopMethods,
    ...signalMethods,
    ...stdinMethods,
    ...logMethods,
    ...configurationMethods,
  ];
  const all = [
    ...names.filter((name) => name !== 'system').flatMap((name) => main.map((method) => renamed(method, name))),
    ...(names.length > 0
      ? [...eventMethods, ...subscriptionMethods, ...overviewMethods, ...traceMethods, ...whyMethods, ...upgradeMethods]
      : []),
    ...createSystemMethods(methods),
  ];
  for (const method of all) methods.set(method.name, method);
  return methods;
}

const mainNamespace = 'supervisor';

const renamed = (method: Method, namespace: string): Method =>
  namespace === mainNamespace ? method : { ...method, name: method.name.replace(mainNamespace, namespace) };
