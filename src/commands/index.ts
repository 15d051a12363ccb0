/** The one table of control methods. Whoever serves, lists or documents them reads it from here. */

import { configurationMethods } from './configuration.ts';
import { identityMethods } from './identity.ts';
import { logMethods } from './logs.ts';
import type { Method } from './method.ts';
import { startMethods } from './processes-start.ts';
import { stopMethods } from './processes-stop.ts';
import { signalMethods } from './signal.ts';
import { stateMethods } from './state.ts';
import { stdinMethods } from './stdin.ts';
import { subscriptionMethods } from './subscriptions.ts';
import { createSystemMethods } from './system.ts';

export { createDispatch } from './dispatch.ts';
export { apiVersion, supervisorVersion } from './identity.ts';

export function createMethods(): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>();
  const all = [
    ...identityMethods,
    ...stateMethods,
    ...startMethods,
    ...stopMethods,
    ...signalMethods,
    ...stdinMethods,
    ...logMethods,
    ...configurationMethods,
    ...subscriptionMethods,
    ...createSystemMethods(methods),
  ];
  for (const method of all) methods.set(method.name, method);
  return methods;
}
