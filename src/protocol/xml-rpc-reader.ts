/**
 * The bytes of XML-RPC → typed values, with the types Supervisor accepts. Any bytes at all give a message or one reason
 * why not, within the limits.
 */

import type { ErrorRecord } from './messages.ts';
import { parseXml, type XmlElement, type XmlLimits, XmlProblem } from './xml-rpc-tree.ts';
import { replaceNotXml } from './xml-rpc-writer.ts';

export interface InvalidXml {
  readonly kind: 'invalid';
  /** Completes "the document …" in a log line. */
  readonly reason: string;
}

export type DecodedCall =
  | { readonly kind: 'call'; readonly method: string; readonly params: readonly unknown[] }
  | { readonly kind: 'no-method' }
  | InvalidXml;

export type DecodedResponse =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'fault'; readonly fault: ErrorRecord }
  | InvalidXml;

export function decodeXmlCall(bytes: Uint8Array, limits: XmlLimits): DecodedCall {
  return orInvalid<DecodedCall>(() => {
    const call = parseXml(decodeText(bytes), limits);
    const methodName = call.children.find(({ name }) => name === 'methodName');
    const method = methodName === undefined ? '' : textOf(methodName);
    const params = call.children.find(({ name }) => name === 'params');
    if (method === '') return { kind: 'no-method' };
    return { kind: 'call', method, params: params === undefined ? [] : paramsOf(params) };
  });
}

/** Reads what an original Supervisor answers too, which may hold control characters that XML does not allow. */
export function decodeXmlResponse(bytes: Uint8Array, limits: XmlLimits): DecodedResponse {
  return orInvalid<DecodedResponse>(() => {
    const text = replaceNotXml(new TextDecoder().decode(bytes));
    const response = parseXml(text, limits);
    expectName(response, 'methodResponse');
    const content = onlyChild(response);
    if (content.name === 'fault') return { kind: 'fault', fault: faultOf(readValue(onlyChild(content))) };
    expectName(content, 'params');
    const results = paramsOf(content);
    if (results.length !== 1) throw new XmlProblem('does not have exactly one result');
    return { kind: 'result', result: results[0] };
  });
}

function orInvalid<Decoded>(decode: () => Decoded): Decoded | InvalidXml {
  try {
    return decode();
  } catch (error) {
    if (error instanceof XmlProblem) return { kind: 'invalid', reason: error.message };
    throw error;
  }
}

/** Made once: it costs more than what it decodes. */
const strictDecoder = new TextDecoder('utf-8', { fatal: true });

function decodeText(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    throw new XmlProblem('is not UTF-8');
  }
}

const paramsOf = (params: XmlElement): readonly unknown[] =>
  params.children.map((param) => {
    expectName(param, 'param');
    return readValue(onlyChild(param));
  });

function readValue(value: XmlElement): unknown {
  expectName(value, 'value');
  return value.children.length === 0 ? value.text : readTyped(onlyChild(value));
}

function readTyped(element: XmlElement): unknown {
  switch (element.name) {
    case 'string':
    case 'dateTime.iso8601':
      return textOf(element);
    case 'int':
    case 'i4':
    case 'i8':
      return integerOf(textOf(element));
    case 'boolean':
      return textOf(element) === '1';
    case 'double':
      return doubleOf(textOf(element));
    case 'base64':
      return decodeText(bytesOf(textOf(element)));
    case 'nil':
      return null;
    case 'array':
      return arrayOf(element);
    case 'struct':
      return structOf(element);
    default:
      throw new XmlProblem(`has a value of the unknown type ${element.name.slice(0, shownCharacters)}`);
  }
}

const shownCharacters = 40;

/** No number that means something is longer, and the patterns below are slow on long text. */
const longestNumber = 400;

/** Beyond 2^53 digits are lost; the argument checks refuse such numbers. */
function integerOf(text: string): number {
  if (text.length > longestNumber || !/^\s*[+-]?\d+\s*$/.test(text)) throw new XmlProblem('has an invalid integer');
  return Number(text);
}

function doubleOf(text: string): number {
  const valid = text.length <= longestNumber && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text);
  if (!valid) throw new XmlProblem('has an invalid double');
  return Number(text);
}

function bytesOf(base64: string): Uint8Array {
  if (!/^[A-Za-z0-9+/\s]*(=\s*){0,2}$/.test(base64)) throw new XmlProblem('has invalid base64');
  return Buffer.from(base64, 'base64');
}

function arrayOf(array: XmlElement): readonly unknown[] {
  const data = onlyChild(array);
  expectName(data, 'data');
  return data.children.map(readValue);
}

/** `fromEntries` makes own properties of all names, `__proto__` included; of equal names the last one counts. */
const structOf = (struct: XmlElement): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    struct.children.map((member) => {
      expectName(member, 'member');
      const [name, value] = member.children;
      if (name?.name !== 'name' || value === undefined || member.children.length > 2) {
        throw new XmlProblem('has a struct member that is not a name and a value');
      }
      return [textOf(name), readValue(value)];
    }),
  );

function faultOf(value: unknown): ErrorRecord {
  const { faultCode, faultString } = Object(value) as { readonly faultCode?: unknown; readonly faultString?: unknown };
  if (typeof faultCode !== 'number' || typeof faultString !== 'string') throw new XmlProblem('has a malformed fault');
  return { code: faultCode, message: faultString };
}

function expectName(element: XmlElement, name: string): void {
  if (element.name === name) return;
  throw new XmlProblem(`has ${element.name.slice(0, shownCharacters)} where ${name} belongs`);
}

/** Of an element that holds nothing else. */
function textOf(element: XmlElement): string {
  if (element.children.length === 0) return element.text;
  throw new XmlProblem(`has an element where ${element.name.slice(0, shownCharacters)} is text`);
}

function onlyChild(element: XmlElement): XmlElement {
  const [child] = element.children;
  if (child === undefined || element.children.length > 1) {
    throw new XmlProblem(`has not exactly one element in ${element.name.slice(0, shownCharacters)}`);
  }
  return child;
}
