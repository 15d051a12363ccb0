/** The help of a method as `system.methodHelp` answers it: what it does, then a line for each parameter and the result. */

import type { Method } from './method.ts';

export function helpText(method: Method): string {
  const lines = method.params.map((parameter) => {
    const optional = 'default' in parameter ? ` (default: ${JSON.stringify(parameter.default)})` : '';
    return `@param ${parameter.type} ${parameter.name} ${parameter.doc}${optional}`;
  });
  return [method.doc, '', ...lines, `@return ${method.returns.type} ${method.returns.doc}`, ''].join('\n');
}
