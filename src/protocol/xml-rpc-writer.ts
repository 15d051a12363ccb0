/**
 * Typed values → the bytes of XML-RPC, laid out as Supervisor's server and Python's client write them. Whatever the text
 * of a log or a name holds, what comes out is well-formed XML.
 */

import type { ErrorRecord } from './messages.ts';

export const encodeXmlCall = (method: string, params: readonly unknown[]): Uint8Array =>
  encode(`<methodCall>\n<methodName>${escapeText(method)}</methodName>\n${paramsXml(params)}</methodCall>\n`);

export const encodeXmlResult = (result: unknown): Uint8Array =>
  encode(`<methodResponse>\n${paramsXml([result])}</methodResponse>\n`);

export const encodeXmlFault = ({ code, message }: ErrorRecord): Uint8Array =>
  encode(
    `<methodResponse>\n<fault>\n${valueXml({ faultCode: code, faultString: message })}</fault>\n</methodResponse>\n`,
  );

const encode = (document: string): Uint8Array => Buffer.from(`<?xml version='1.0'?>\n${document}`);

const paramsXml = (values: readonly unknown[]): string =>
  `<params>\n${values.map((value) => `<param>\n${valueXml(value)}</param>\n`).join('')}</params>\n`;

const valueXml = (value: unknown): string => `<value>${typedXml(value)}</value>\n`;

/** Throws when a value has no expression in XML-RPC (symbols, functions): a bug of whoever made the value. */
function typedXml(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `<string>${escapeText(value)}</string>`;
    case 'boolean':
      return `<boolean>${value ? 1 : 0}</boolean>`;
    case 'bigint':
    case 'number':
      return numberXml(value);
    case 'undefined':
      return nil;
    case 'object':
      return objectXml(value);
    default:
      throw new TypeError(`cannot write a ${typeof value} as XML-RPC`);
  }
}

/**
 * Integers beyond 32 bits, such as log sizes, stay `<int>`. Supervisor fails on them. The clients in use (Python, Go, Node,
 * Ruby, PHP) read `<int>` without a limit, while `<i8>` is unknown to several and `<double>` would change the type.
 */
function numberXml(value: number | bigint): string {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return `<int>${value}</int>`;
  return `<double>${value}</double>`;
}

function objectXml(value: object | null): string {
  if (value === null) return nil;
  if (value instanceof Uint8Array) return `<base64>\n${base64Lines(value)}</base64>`;
  if (Array.isArray(value)) return `<array><data>\n${value.map(valueXml).join('')}</data></array>`;
  const members = Object.entries(value).map(
    ([name, member]) => `<member>\n<name>${escapeText(name)}</name>\n${valueXml(member)}</member>\n`,
  );
  return `<struct>\n${members.join('')}</struct>`;
}

const nil = '<nil/>';

const base64Lines = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\n');

/** Everything but the characters of XML 1.0: control characters, unpaired surrogates, two noncharacters. */
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Supervisor sends control characters as they are, which no parser accepts; here each becomes U+FFFD. */
export const replaceNotXml = (text: string): string => text.replace(notXml, '\u{FFFD}');

const escapeText = (text: string): string =>
  replaceNotXml(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
