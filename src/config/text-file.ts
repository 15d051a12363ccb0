/** Configuration files are UTF-8. What is not says where, in the words of Python's decoder. */

export type Decoded =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'invalid'; readonly reason: string };

const byteRanges: readonly { readonly first: number; readonly last: number; readonly length: number }[] = [
  { first: 0x00, last: 0x7f, length: 1 },
  { first: 0xc2, last: 0xdf, length: 2 },
  { first: 0xe0, last: 0xef, length: 3 },
  { first: 0xf0, last: 0xf4, length: 4 },
];

/** Decodes a file; a byte order mark stays in the text, and every kind of line end becomes `\n`. */
export function decodeText(bytes: Uint8Array): Decoded {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { kind: 'text', text: text.replace(/\r\n?/g, '\n') };
  } catch {
    return { kind: 'invalid', reason: describeInvalidBytes(bytes) };
  }
}

function describeInvalidBytes(bytes: Uint8Array): string {
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    const length = byteRanges.find((range) => first >= range.first && first <= range.last)?.length;
    if (length === undefined) return failure(bytes, at, at + 1, 'invalid start byte');
    for (let next = at + 1; next < at + length; next += 1) {
      const byte = bytes[next];
      if (byte === undefined) return failure(bytes, at, bytes.length, 'unexpected end of data');
      if (!continues(first, next - at, byte)) return failure(bytes, at, next, 'invalid continuation byte');
    }
    at += length;
  }
  return "'utf-8' codec can't decode the file";
}

/** Whether `byte` may stand `offset` bytes behind `first`: overlong forms and surrogates are excluded. */
function continues(first: number, offset: number, byte: number): boolean {
  let lowest = 0x80;
  let highest = 0xbf;
  if (offset === 1) {
    if (first === 0xe0) lowest = 0xa0;
    if (first === 0xed) highest = 0x9f;
    if (first === 0xf0) lowest = 0x90;
    if (first === 0xf4) highest = 0x8f;
  }
  return byte >= lowest && byte <= highest;
}

function failure(bytes: Uint8Array, start: number, end: number, reason: string): string {
  const what =
    end - start === 1
      ? `byte 0x${(bytes[start] ?? 0).toString(16).padStart(2, '0')} in position ${start}`
      : `bytes in position ${start}-${end - 1}`;
  return `'utf-8' codec can't decode ${what}: ${reason}`;
}
