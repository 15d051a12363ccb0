/** XML-RPC by its grammar, with what is almost of it. */

import { type Random, several } from '../random.ts';

const texts = [
  '',
  'a',
  'web',
  'a:b',
  '*',
  'x&lt;y',
  '&amp;',
  '&#65;',
  '&#x1F600;',
  '&none;',
  '&',
  '<![CDATA[<c>]]>',
  '<!-- c -->',
  'é\u{1f600}',
  ' ',
  '\n',
  '\r\n',
  '\t',
  '\x01',
  '\u0085\u2028',
  ']]>',
  '__proto__',
  'constructor',
  '\ufffe',
] as const;
const numbers = [
  '0',
  '1',
  '-1',
  '+7',
  ' 42 ',
  '2147483648',
  '9007199254740993',
  '1.5',
  '-.5e3',
  '1e400',
  'NaN',
  'inf',
  '0x1',
  '1_0',
  '',
  'x',
  '\u0663',
] as const;

export const xmlTokens: readonly string[] = [
  ...[
    'methodCall',
    'methodName',
    'methodResponse',
    'params',
    'param',
    'value',
    'string',
    'int',
    'i4',
    'i8',
    'boolean',
    'double',
    'base64',
    'nil',
    'array',
    'data',
    'struct',
    'member',
    'name',
    'fault',
    'dateTime.iso8601',
    'other',
  ].flatMap((tag) => [`<${tag}>`, `</${tag}>`, `<${tag}/>`]),
  ...texts,
  "<?xml version='1.0'?>",
  '<?xml version="1.0" encoding="latin-1"?>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
  ' a="b"',
  ' xmlns="u"',
  '<a:b>',
  '\ufeff',
];

export const anyText = (random: Random): string => several(random, 3, () => random.pick(texts)).join('');

const blank = (random: Random): string => (random.chance(0.2) ? random.pick([' ', '\n', '\r\n\t']) : '');

/** `<value>` with something in it. */
export function anyValue(random: Random, depth = 0): string {
  if (random.chance(0.05)) return random.pick(xmlTokens);
  return `<value>${blank(random)}${typed(random, depth)}${blank(random)}</value>`;
}

function typed(random: Random, depth: number): string {
  const tag = (name: string, content: string): string => `<${name}>${content}</${name}>`;
  switch (random.below(depth > 5 ? 8 : 11)) {
    case 0:
      return anyText(random);
    case 1:
    case 2:
      return tag('string', anyText(random));
    case 3:
      return tag(random.pick(['int', 'i4', 'i8']), random.pick(numbers));
    case 4:
      return tag('boolean', random.pick(['0', '1', '2', 'true', ' 1', '']));
    case 5:
      return tag('double', random.pick(numbers));
    case 6:
      return tag('base64', random.pick(['', 'YQ==', 'YQ', '4pi6\n', '/w==', '!', 'Y Q = =']));
    case 7:
      return random.pick([
        '<nil/>',
        '<nil></nil>',
        '<dateTime.iso8601>19980717T14:08:55</dateTime.iso8601>',
        '<other/>',
      ]);
    case 8:
      return tag(
        'struct',
        several(random, 3, () =>
          tag('member', `${tag('name', random.pick(texts))}${blank(random)}${anyValue(random, depth + 1)}`),
        ).join(blank(random)),
      );
    default:
      return tag(
        'array',
        `${blank(random)}${tag('data', several(random, 4, () => anyValue(random, depth + 1)).join(blank(random)))}`,
      );
  }
}

export const anyParams = (random: Random, most: number): string =>
  `<params>${several(random, most, () => `${blank(random)}<param>${anyValue(random)}</param>`).join('')}</params>`;

const methods = [
  'supervisor.getState',
  'supervisor.startProcess',
  'system.listMethods',
  'system.multicall',
  'a',
  '',
  'x&amp;y',
  '__proto__.constructor',
  'supervisor._x',
] as const;

export const anyCall = (random: Random): string =>
  [
    random.pick(['', "<?xml version='1.0'?>\n", '<?xml version="1.0" encoding="utf-8"?>']),
    '<methodCall>',
    blank(random),
    random.chance(0.95) ? `<methodName>${random.pick(methods)}</methodName>` : '',
    blank(random),
    random.chance(0.9) ? anyParams(random, 3) : '',
    '</methodCall>',
    blank(random),
  ].join('');

export const anyResponse = (random: Random): string =>
  [
    random.pick(['', "<?xml version='1.0'?>\n"]),
    '<methodResponse>',
    blank(random),
    random.chance(0.6)
      ? `<params><param>${anyValue(random)}</param></params>`
      : random.chance(0.8)
        ? fault(random)
        : anyValue(random),
    blank(random),
    '</methodResponse>',
  ].join('');

const fault = (random: Random): string =>
  `<fault><value><struct><member><name>faultCode</name><value><int>${random.pick(numbers)}</int></value></member><member><name>faultString</name><value><string>${anyText(random)}</string></value></member></struct></value></fault>`;
