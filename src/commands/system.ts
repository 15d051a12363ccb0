/** The `system.*` methods: what can be called, how, and several calls in one request. They work in every state. */

import { Fault, faultCodes } from '../model/errors.ts';
import { isStruct } from './arguments.ts';
import { type Caller, defineMethod } from './define-method.ts';
import { callMethod, isOffered } from './dispatch.ts';
import { helpText } from './help-text.ts';
import { compareText } from './lexical-order.ts';
import type { Method, Session } from './method.ts';
import { holdUntilClose } from './session-holdings.ts';

type Methods = ReadonlyMap<string, Method>;

const multicallName = 'system.multicall';

const methodName = { name: 'name', type: 'string', doc: '`namespace.method`' } as const;

/** `methods` is the table these become part of. */
export const createSystemMethods = (methods: Methods): readonly Method[] => [
  defineMethod({
    name: 'system.listMethods',
    params: [],
    returns: { type: 'array', doc: 'names, sorted' },
    doc: 'Lists the methods that can be called on this connection; over XML-RPC those of Supervisor.',
    role: 'view',
    faults: [],
    worksInShutdown: true,
    run: ({ session }) =>
      [...methods.values()]
        .filter((method) => isOffered(method, session) && isFamiliar(method, session))
        .map((method) => method.name)
        .toSorted(compareText),
  }),
  defineMethod({
    name: 'system.methodHelp',
    params: [methodName],
    returns: { type: 'string', doc: 'help' },
    doc: 'Explains a method.',
    role: 'view',
    faults: ['SIGNATURE_UNSUPPORTED'],
    worksInShutdown: true,
    run: ({ session }, name) => helpText(findMethod(methods, session, name)),
  }),
  defineMethod({
    name: 'system.methodSignature',
    params: [methodName],
    returns: { type: 'array', doc: 'type of the result, then of each parameter' },
    doc: 'Tells the types a method takes and returns.',
    role: 'view',
    faults: ['SIGNATURE_UNSUPPORTED'],
    worksInShutdown: true,
    run: ({ session }, name) => {
      const method = findMethod(methods, session, name);
      return [method.returns.type, ...method.params.map((parameter) => parameter.type)];
    },
  }),
  defineMethod({
    name: multicallName,
    params: [{ name: 'calls', type: 'array', doc: 'structs with `methodName` and, if it takes any, `params`' }],
    returns: { type: 'array', doc: 'the result of each call, or a struct of `faultCode` and `faultString`' },
    doc: 'Makes several calls one after the other, each when the one before has been answered. Results stand bare.',
    role: 'view',
    faults: [],
    worksInShutdown: true,
    run: (caller, calls) => callInTurn(methods, caller, calls),
  }),
];

/** Clients of Supervisor's protocol find the list they know. What is more can be called all the same. */
const isFamiliar = (method: Method, session: Session): boolean =>
  session.notify !== undefined || method.beyondSupervisor !== true;

function findMethod(methods: Methods, session: Session, name: string): Method {
  const method = methods.get(name);
  if (method === undefined || !isOffered(method, session)) throw Fault.of('SIGNATURE_UNSUPPORTED');
  return method;
}

async function callInTurn(methods: Methods, caller: Caller, calls: readonly unknown[]): Promise<readonly unknown[]> {
  // Checked before the first call is made: half a malformed request would be worse than none.
  if (!calls.every(isStruct)) throw Fault.of('INCORRECT_PARAMETERS');
  let ended = false;
  const forget = holdUntilClose(caller.session, () => {
    ended = true;
  });
  const results: unknown[] = [];
  for (const call of calls) {
    if (ended) break;
    results.push(await callOne(methods, caller, call));
  }
  forget();
  return results;
}

async function callOne(methods: Methods, caller: Caller, call: Readonly<Record<string, unknown>>): Promise<unknown> {
  try {
    const name = own(call, 'methodName');
    if (name === undefined || name === null) throw Fault.of('INCORRECT_PARAMETERS', 'No methodName');
    if (name === multicallName) throw Fault.of('INCORRECT_PARAMETERS', 'Recursive system.multicall forbidden');
    const params = own(call, 'params') ?? [];
    if (typeof name !== 'string') throw Fault.of('UNKNOWN_METHOD');
    if (!Array.isArray(params)) throw Fault.of('INCORRECT_PARAMETERS');
    return await callMethod(methods, caller, name, params);
  } catch (error) {
    if (error instanceof Fault) return { faultCode: error.code, faultString: error.text };
    const defect = error instanceof Error ? error : new Error(String(error));
    caller.control.log.error(`a call within ${multicallName} failed: ${defect.stack}`);
    return { faultCode: faultCodes.FAILED, faultString: `FAILED: ${defect.name}:${defect.message}` };
  }
}

const own = (struct: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(struct, key) ? struct[key] : undefined;
