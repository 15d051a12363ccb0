/** The reference page of the control methods, written from the table so that it cannot say something else. */

import { faultCodes } from '../model/errors.ts';
import { compareText } from './lexical-order.ts';
import type { Method, Parameter } from './method.ts';

const introduction = `# Control methods

Every method of the daemon, by namespace. The same names, parameters and faults hold for every protocol. \`supervisor.*\`
and \`system.*\` are Supervisor's; \`events.*\` and \`subscribe.*\` are offered only on connections that can carry
notifications.

A wrong number of arguments is the fault INCORRECT_PARAMETERS, and so is an argument of another type; integers are taken
for booleans (0 = false) and text of decimal digits for integers. A name that is not in the table is UNKNOWN_METHOD. While
the daemon stops or restarts, every method not marked otherwise answers SHUTDOWN_STATE. Whoever has a lesser role than the
method needs is answered FORBIDDEN. These four are not repeated below.

Roles: *view* reads, *operate* controls processes, *admin* changes the daemon itself. Without [users](../security.md) of its own
a configuration gives everybody who gets in the role admin, and FORBIDDEN is never seen.
`;

export function renderReference(methods: ReadonlyMap<string, Method>): string {
  const sorted = [...methods.values()].toSorted((left, right) => compareText(left.name, right.name));
  const namespaces = [...new Set(sorted.map(namespaceOf))];
  const sections = namespaces.flatMap((namespace) => [
    `## ${namespace}\n`,
    ...sorted.filter((method) => namespaceOf(method) === namespace).map(renderMethod),
  ]);
  return [introduction, renderFaults(), ...sections].join('\n');
}

const namespaceOf = ({ name }: Method): string => name.slice(0, name.indexOf('.'));

function renderFaults(): string {
  const rows = Object.entries(faultCodes).map(([name, code]) => `| ${code} | ${name} |`);
  return [
    '## Faults\n',
    'The text of a fault is its name, or its name and more behind a colon. SUCCESS appears only in the answers of batches.\n',
    '| Code | Name |',
    '|---:|---|',
    ...rows,
    '',
  ].join('\n');
}

function renderMethod(method: Method): string {
  const lines = [
    `### ${method.name}\n`,
    '```',
    `${method.name}(${method.params.map(renderParameter).join(', ')}) → ${method.returns.type}`,
    '```\n',
    `${method.doc}\n`,
    ...method.params.map((parameter) => `- \`${parameter.name}\`: ${parameter.doc}`),
    `- Result: ${method.returns.doc}`,
    ...(method.faults.length > 0 ? [`- Faults: ${method.faults.join(', ')}`] : []),
    `- Role: ${method.role}`,
    ...(method.worksInShutdown ? ['- Answers while the daemon stops or restarts'] : []),
    '',
  ];
  return lines.join('\n');
}

function renderParameter(parameter: Parameter): string {
  const preset = 'default' in parameter ? ` = ${JSON.stringify(parameter.default)}` : '';
  return `${parameter.name}: ${acceptedTypes(parameter)}${preset}`;
}

function acceptedTypes({ type, acceptsNumber, acceptsScalar }: Parameter): string {
  if (acceptsScalar) return `${type} or int or double or boolean`;
  return acceptsNumber ? `${type} or int` : type;
}
