import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeXmlCall, decodeXmlResponse } from '../../src/protocol/xml-rpc-reader.ts';
import { encodeXmlCall, encodeXmlFault } from '../../src/protocol/xml-rpc-writer.ts';

const limits = { maxDepth: 20, maxElements: 200 };

const call = (text: string | Uint8Array) => decodeXmlCall(Buffer.from(text), limits);

const withValue = (value: string): string =>
  `<methodCall><methodName>m</methodName><params><param>${value}</param></params></methodCall>`;

const readValue = (value: string): unknown => {
  const decoded = call(withValue(value));
  return decoded.kind === 'call' ? decoded.params[0] : decoded;
};

describe('a call', () => {
  it("is read from what Python's client sends", () => {
    expect(decodeXmlCall(encodeXmlCall('a.b', ['x', 1, true]), limits)).toEqual({
      kind: 'call',
      method: 'a.b',
      params: ['x', 1, true],
    });
  });

  it.each([
    '<methodCall><methodName>m</methodName></methodCall>',
    '<methodCall><methodName>m</methodName><params/></methodCall>',
  ])('needs no parameters: %s', (text) => expect(call(text)).toEqual({ kind: 'call', method: 'm', params: [] }));

  it.each(['<methodCall/>', '<methodCall><methodName/></methodCall>', '<methodCall><params/></methodCall>', '<html/>'])(
    'needs the name of a method: %s',
    (text) => expect(call(text)).toEqual({ kind: 'no-method' }),
  );

  it.each([[[0xff]], [[0xe2, 0x82]], [[0x61, 0xc3]]])('is read as ever after one that was no UTF-8: %j', (bytes) => {
    expect(call(Uint8Array.from(bytes))).toEqual({ kind: 'invalid', reason: 'is not UTF-8' });
    expect(readValue('<value>\u{2082}é</value>')).toBe('\u{2082}é');
  });

  it('may have a byte order mark, comments, instructions and CDATA', () => {
    const text =
      '\u{FEFF}<?xml version="1.0"?><!-- a --><?b c?><methodCall><methodName><![CDATA[m]]></methodName></methodCall>';
    expect(call(text)).toEqual({ kind: 'call', method: 'm', params: [] });
  });
});

describe('a value', () => {
  it.each([
    ['<value><int>5</int></value>', 5],
    ['<value><i4> -5 </i4></value>', -5],
    ['<value><int>+2147483648</int></value>', 2_147_483_648],
    ['<value><boolean>1</boolean></value>', true],
    ['<value><boolean>0</boolean></value>', false],
    ['<value><boolean>true</boolean></value>', false],
    ['<value><string>a &lt;&amp;&gt;&quot;&apos; &#228;&#xe4;</string></value>', 'a <&>"\' ää'],
    ['<value><string/></value>', ''],
    ['<value>bare text </value>', 'bare text '],
    ['<value/>', ''],
    ['<value>\n  <string> x </string>\n</value>', ' x '],
    ['<value><double>-1.5e3</double></value>', -1500],
    ['<value><double>.5</double></value>', 0.5],
    ['<value><dateTime.iso8601>20261122T17:00:00</dateTime.iso8601></value>', '20261122T17:00:00'],
    ['<value><base64>\nw6R4\n</base64></value>', 'äx'],
    ['<value><array><data><value>a</value><value><int>1</int></value></data></array></value>', ['a', 1]],
    ['<value><array><data/></array></value>', []],
    [
      '<value><struct><member><name>a</name><value>b</value></member><member><name/><value/></member></struct></value>',
      { a: 'b', '': '' },
    ],
    ['<value><struct/></value>', {}],
  ])('%s', (text, expected) => {
    expect(readValue(text)).toEqual(expected);
  });

  it('named __proto__ is an ordinary member', () => {
    const value = readValue('<value><struct><member><name>__proto__</name><value>x</value></member></struct></value>');
    expect(Object.entries(Object(value))).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it.each([
    ['<value><int>five</int></value>', 'has an invalid integer'],
    ['<value><int/></value>', 'has an invalid integer'],
    [`<value><int>${'1'.repeat(1_000_000)}</int></value>`, 'has an invalid integer'],
    [`<value><double>${'1'.repeat(1_000_000)}x</double></value>`, 'has an invalid double'],
    ['<value><base64>/w==</base64></value>', 'is not UTF-8'],
    ['<value><base64>aQ=a=</base64></value>', 'has invalid base64'],
    ['<value><date>1</date></value>', 'has a value of the unknown type date'],
    ['<value><int>1</int><int>2</int></value>', 'has not exactly one element in value'],
    ['<value><array/></value>', 'has not exactly one element in array'],
    ['<value><struct><member/></struct></value>', 'has a struct member that is not a name and a value'],
    ['<int>1</int>', 'has int where value belongs'],
    ['<value><int>1<a/>0</int></value>', 'has an element where int is text'],
  ])('is refused: %.60s', (text, reason) => {
    expect(readValue(text)).toEqual({ kind: 'invalid', reason });
  });
});

describe('a document', () => {
  it.each([
    ['', /is empty|not well-formed/],
    ['no xml', /not well-formed/],
    ['<methodCall>', /not well-formed/],
    ['<methodCall></methodResponse>', /not well-formed/],
    ['<!DOCTYPE methodCall><methodCall/>', /document type/],
    ['<!DOCTYPE m [<!ENTITY a "b">]><methodCall><methodName>&a;</methodName></methodCall>', /document type/],
    ['<!DOCTYPE m SYSTEM "file:///etc/passwd"><methodCall/>', /document type/],
    ['<methodCall><methodName>&unknown;</methodName></methodCall>', /not well-formed/],
    ['<methodCall><methodName>&#27;</methodName></methodCall>', /not well-formed/],
    ['<methodCall><methodName>\u{1B}</methodName></methodCall>', /not well-formed/],
    [`${'<a>'.repeat(100)}`, /^is nested too deeply$/],
    [withValue(`<value><array><data>${'<value/>'.repeat(300)}</data></array></value>`), /^has too many elements$/],
    [withValue('<value>x</value>').repeat(2), /not well-formed/],
  ])('is refused: %.60s', (text, reason) => {
    const decoded = call(text);
    expect(decoded.kind).toBe('invalid');
    expect(decoded.kind === 'invalid' && decoded.reason).toMatch(reason);
  });

  it('is refused when it is not UTF-8', () => {
    expect(call(Uint8Array.of(0x3c, 0xff))).toEqual({ kind: 'invalid', reason: 'is not UTF-8' });
  });

  it('of any bytes gives one outcome and never an exception', () => {
    const kinds = ['call', 'no-method', 'invalid'];
    const piece = fc.constantFrom(
      '<methodCall>',
      '</methodCall>',
      '<methodName>',
      '</methodName>',
      '<params>',
      '</params>',
      '<param>',
      '</param>',
      '<value>',
      '</value>',
      '<int>',
      '</int>',
      '<struct>',
      '</struct>',
      '<array>',
      '<data/>',
      '</array>',
      '1',
      ' ',
      '&',
      '<',
      '&#1;',
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => kinds.includes(call(bytes).kind)));
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => kinds.includes(call(pieces.join('')).kind)));
  });
});

describe('a response', () => {
  const response = (text: string) => decodeXmlResponse(Buffer.from(text), limits);

  it('may be a fault', () => {
    const fault = { code: 10, message: 'BAD_NAME: x' };
    expect(decodeXmlResponse(encodeXmlFault(fault), limits)).toEqual({ kind: 'fault', fault });
  });

  it('of an original Supervisor may hold control characters and broken UTF-8', () => {
    const text =
      '<methodResponse><params><param><value><string>\u{1B}[0m</string></value></param></params></methodResponse>';
    expect(response(text)).toEqual({ kind: 'result', result: '\u{FFFD}[0m' });
    const broken = Buffer.from(text.replace('\u{1B}', 'x'), 'latin1').fill(
      0xff,
      text.indexOf('\u{1B}'),
      text.indexOf('\u{1B}') + 1,
    );
    expect(decodeXmlResponse(broken, limits)).toEqual({ kind: 'result', result: '\u{FFFD}[0m' });
  });

  it.each([
    ['<methodResponse/>', 'has not exactly one element in methodResponse'],
    ['<methodResponse><params/></methodResponse>', 'does not have exactly one result'],
    ['<methodResponse><fault><value>x</value></fault></methodResponse>', 'has a malformed fault'],
  ])('is refused: %s', (text, reason) => {
    expect(response(text)).toEqual({ kind: 'invalid', reason });
  });
});
