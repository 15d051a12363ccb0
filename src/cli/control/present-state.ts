/** The innermost state that something is in: of a daemon that tells it, else what the state's name alone gives. */

import { Fault, faultCodes } from '../../model/errors.ts';
import { parseProcessName } from '../../model/process-name.ts';
import type { ControlContext } from './context.ts';
import { type Fields, fieldsOf, listOf, textOf } from './reply-fields.ts';
import { ask } from './server-call.ts';

/** `machine`: as charts call it. Resolves to a path or a name of one of its states; null when there is no such one. */
export async function presentState(context: ControlContext, machine: string, name: string): Promise<string | null> {
  const { group, process } = parseProcessName(name);
  const of = machine === 'supervisor' ? '' : machine === 'group' || machine === 'pool' ? group : `${group}:${process}`;
  try {
    const root = fieldsOf(await context.server.call('trace.tree'));
    const found = nodesOf(root).find((node) => textOf(node, 'actor') === machine && textOf(node, 'of') === of);
    return found === undefined ? null : textOf(found, 'state');
  } catch (error) {
    if (!(error instanceof Fault && error.code === faultCodes.UNKNOWN_METHOD)) throw error;
  }
  if (machine !== 'process') return null;
  const infos = await ask(context, 'getAllProcessInfo');
  return infos.find((info) => info.group === group && info.name === process)?.statename ?? null;
}

const nodesOf = (node: Fields): readonly Fields[] => [
  node,
  ...listOf(node.get('children')).map(fieldsOf).flatMap(nodesOf),
];
