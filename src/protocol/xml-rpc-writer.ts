/**
 * Typed values → the bytes of XML-RPC, laid out as Supervisor's server and Python's client write them. Whatever the text
 * of a log or a name holds, what comes out is well-formed XML.
 */

import { isTable } from '../model/process-table.ts';
import { createKeptTable, writeAscii } from './kept-table.ts';
import type { ErrorRecord } from './messages.ts';

export function encodeXmlCall(method: string, params: readonly unknown[]): Uint8Array {
  const draft = beginDraft(`<methodCall>\n<methodName>${escapeText(method)}</methodName>\n`);
  addParams(draft, params);
  return finish(draft, '</methodCall>\n');
}

export function encodeXmlResult(result: unknown): Uint8Array {
  const known = isTable(result)
    ? table.encode(result, emptyList.subarray(0, rowsAt), emptyList.subarray(rowsAt))
    : null;
  if (known !== null) return known;
  const draft = beginDraft('<methodResponse>\n');
  addParams(draft, [result]);
  return finish(draft, '</methodResponse>\n');
}

export function encodeXmlFault({ code, message }: ErrorRecord): Uint8Array {
  const draft = beginDraft('<methodResponse>\n<fault>\n');
  addValue(draft, { faultCode: code, faultString: message });
  return finish(draft, '</fault>\n</methodResponse>\n');
}

/** The list of all processes as it was written the last time, brought up to date. */
const table = createKeptTable({
  encode: (row) => {
    const { name, group, start, stop, now, description } = row;
    const bytes = Buffer.from(structText(row));
    const before = structText({ name, group, start, stop, now });
    const behindNow = `${now}</int></value>\n${memberEnd}${structEnd}`;
    const descriptionBytes = Buffer.byteLength(escapeText(description));
    const nowAt = Buffer.byteLength(before) - behindNow.length;
    const descriptionAt = bytes.length - `</string></value>\n${memberEnd}${structEnd}`.length - descriptionBytes;
    return { bytes, places: { nowAt, descriptionAt, descriptionBytes } };
  },
  writeNow: (target, at, now) => writeAscii(target, at, String(now)),
});

function structText(struct: object): string {
  const draft: Draft = { text: '', chunks: [] };
  addStruct(draft, struct);
  return draft.text;
}

/** A document that is being written. */
interface Draft {
  /** What has not become bytes yet. */
  text: string;
  readonly chunks: Uint8Array[];
}

/** Text becomes bytes in pieces of this size: as one text, a long answer would be twice in the memory, and slow to collect. */
const chunkCharacters = 32 * 1024;

const beginDraft = (text: string): Draft => ({ text: `<?xml version='1.0'?>\n${text}`, chunks: [] });

function finish(draft: Draft, end: string): Uint8Array {
  draft.text += end;
  if (draft.chunks.length === 0) return Buffer.from(draft.text);
  flush(draft);
  return Buffer.concat(draft.chunks);
}

function flush(draft: Draft): void {
  draft.chunks.push(Buffer.from(draft.text));
  draft.text = '';
}

function addParams(draft: Draft, values: readonly unknown[]): void {
  draft.text += '<params>\n';
  for (const value of values) {
    draft.text += '<param>\n';
    addValue(draft, value);
    draft.text += '</param>\n';
  }
  draft.text += '</params>\n';
}

/** Throws when a value has no expression in XML-RPC (symbols, functions): a bug of whoever made the value. */
function addValue(draft: Draft, value: unknown): void {
  switch (typeof value) {
    case 'string':
      draft.text += `<value><string>${escapeText(value)}</string></value>\n`;
      break;
    case 'boolean':
      draft.text += `<value><boolean>${value ? 1 : 0}</boolean></value>\n`;
      break;
    case 'bigint':
    case 'number':
      draft.text += numberXml(value);
      break;
    case 'undefined':
      draft.text += nil;
      break;
    case 'object':
      addObject(draft, value);
      break;
    default:
      throw new TypeError(`cannot write a ${typeof value} as XML-RPC`);
  }
}

/**
 * Integers beyond 32 bits, such as log sizes, stay `<int>`. Supervisor fails on them. The clients in use (Python, Go, Node,
 * Ruby, PHP) read `<int>` without a limit, while `<i8>` is unknown to several and `<double>` would change the type.
 */
function numberXml(value: number | bigint): string {
  const type = typeof value === 'bigint' || Number.isSafeInteger(value) ? 'int' : 'double';
  return `<value><${type}>${value}</${type}></value>\n`;
}

function addObject(draft: Draft, value: object | null): void {
  if (value === null) draft.text += nil;
  else if (value instanceof Uint8Array) draft.text += `<value><base64>\n${base64Lines(value)}</base64></value>\n`;
  else if (Array.isArray(value)) addArray(draft, value);
  else addStruct(draft, value);
}

function addArray(draft: Draft, items: readonly unknown[]): void {
  draft.text += arrayBegin;
  for (const item of items) {
    addValue(draft, item);
    if (draft.text.length > chunkCharacters) flush(draft);
  }
  draft.text += arrayEnd;
}

function addStruct(draft: Draft, struct: object): void {
  draft.text += '<value><struct>\n';
  for (const [name, member] of Object.entries(struct)) {
    draft.text += `<member>\n<name>${escapeText(name)}</name>\n`;
    addValue(draft, member);
    draft.text += memberEnd;
  }
  draft.text += structEnd;
}

const memberEnd = '</member>\n';
const structEnd = '</struct></value>\n';
const arrayBegin = '<value><array><data>\n';
const arrayEnd = '</data></array></value>\n';

const nil = '<value><nil/></value>\n';

const base64Lines = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('base64')
    .replace(/.{1,76}/g, '$&\n');

/** Everything but the characters of XML 1.0: control characters, unpaired surrogates, two noncharacters. */
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Supervisor sends control characters as they are, which no parser accepts; here each becomes U+FFFD. */
export const replaceNotXml = (text: string): string => text.replace(notXml, '\u{FFFD}');

/** What `escapeText` may have to change. Most texts have nothing of it, and to look is ten times cheaper than to replace. */
const suspicious = /[^\t\n\r -%'-;=?-\uD7FF\uE000-\uFFFD]/;

const escapeText = (text: string): string =>
  suspicious.test(text)
    ? replaceNotXml(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    : text;

/** A result without rows, and where they would stand. */
const emptyList = Buffer.from(encodeXmlResult([]));
const rowsAt = emptyList.indexOf(arrayEnd);
