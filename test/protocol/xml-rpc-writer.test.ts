import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeXmlResponse } from '../../src/protocol/xml-rpc-reader.ts';
import { encodeXmlCall, encodeXmlFault, encodeXmlResult } from '../../src/protocol/xml-rpc-writer.ts';

const limits = { maxDepth: 1000, maxElements: 100_000 };

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

const valueIn = (value: unknown): string | undefined =>
  /<param>\n(.*)\n<\/param>/s.exec(textOf(encodeXmlResult(value)))?.[1];

describe('the layout', () => {
  it('of a result is that of Supervisor, every type included', () => {
    const result = { a: 1, b: true, c: 'x<&>"\'é', d: [1, [], {}], e: 1.5, f: Buffer.alloc(80, 'x') };
    expect(textOf(encodeXmlResult(result))).toBe(`<?xml version='1.0'?>
<methodResponse>
<params>
<param>
<value><struct>
<member>
<name>a</name>
<value><int>1</int></value>
</member>
<member>
<name>b</name>
<value><boolean>1</boolean></value>
</member>
<member>
<name>c</name>
<value><string>x&lt;&amp;&gt;"'é</string></value>
</member>
<member>
<name>d</name>
<value><array><data>
<value><int>1</int></value>
<value><array><data>
</data></array></value>
<value><struct>
</struct></value>
</data></array></value>
</member>
<member>
<name>e</name>
<value><double>1.5</double></value>
</member>
<member>
<name>f</name>
<value><base64>
eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4
eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=
</base64></value>
</member>
</struct></value>
</param>
</params>
</methodResponse>
`);
  });

  it('of a fault is that of Supervisor', () => {
    expect(textOf(encodeXmlFault({ code: 10, message: 'BAD_NAME: <x>' }))).toBe(`<?xml version='1.0'?>
<methodResponse>
<fault>
<value><struct>
<member>
<name>faultCode</name>
<value><int>10</int></value>
</member>
<member>
<name>faultString</name>
<value><string>BAD_NAME: &lt;x&gt;</string></value>
</member>
</struct></value>
</fault>
</methodResponse>
`);
  });

  it("of a call is that of Python's client", () => {
    expect(textOf(encodeXmlCall('supervisor.getProcessInfo', ['a']))).toBe(`<?xml version='1.0'?>
<methodCall>
<methodName>supervisor.getProcessInfo</methodName>
<params>
<param>
<value><string>a</string></value>
</param>
</params>
</methodCall>
`);
  });
});

it('a long answer is all of its parts, in order', () => {
  const rows = Array.from({ length: 2000 }, (_, index) => ({ name: `é😀${index}`, text: '<&>'.repeat(index % 50) }));
  const parts = rows.map((row) => `${valueIn(row)}\n`).join('');
  expect(valueIn(rows)).toBe(`<value><array><data>\n${parts}</data></array></value>`);
});

describe('a value', () => {
  it.each([
    ['an integer beyond 32 bits stays an integer', 2 ** 31, '<value><int>2147483648</int></value>'],
    ['a large size is not shortened', 2 ** 53 - 1, '<value><int>9007199254740991</int></value>'],
    ['a fraction is a double', 0.25, '<value><double>0.25</double></value>'],
    ['false is a boolean', false, '<value><boolean>0</boolean></value>'],
    ['nothing is nil', null, '<value><nil/></value>'],
    ['a colour becomes readable', '\u{1B}[31mred', '<value><string>\u{FFFD}[31mred</string></value>'],
    ['line ends and tabs stay', 'a\r\n\tb', '<value><string>a\r\n\tb</string></value>'],
    ['half a surrogate pair becomes U+FFFD', 'a\u{D83D}', '<value><string>a\u{FFFD}</string></value>'],
    ['a whole one stays', '😀', '<value><string>😀</string></value>'],
    ['noncharacters become U+FFFD', '\u{FFFE}\u{FFFF}', '<value><string>\u{FFFD}\u{FFFD}</string></value>'],
    ['the end of a CDATA section is harmless', ']]>', '<value><string>]]&gt;</string></value>'],
  ])('%s', (_what, value, expected) => {
    expect(valueIn(value)).toBe(expected);
  });

  it('of any text gives a document that a strict parser reads', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const decoded = decodeXmlResponse(encodeXmlResult({ [text]: [text] }), limits);
        expect(decoded.kind).toBe('result');
      }),
    );
  });

  it('comes back as it was', () => {
    const leaf = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.string({ unit: 'grapheme' }),
      fc.constant(null),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 10 }), tie('value'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    }));
    fc.assert(
      fc.property(value, (original) => {
        expect(decodeXmlResponse(encodeXmlResult(original), limits)).toEqual({ kind: 'result', result: original });
      }),
    );
  });
});
