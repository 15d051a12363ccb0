/**
 * Quotes text and bytes the way Supervisor's messages show them, which is Python's `repr`. For messages only: scripts
 * that look for them must find what they know.
 */

const named: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `it` → `'it'`, `it's` → `"it's"`; control characters become escapes. */
export function quoteText(text: string): string {
  return quote(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || (code >= 0x7f && code < 0xa1)) return hexadecimal(code);
    return character;
  });
}

/** Bytes as `b'…'`, with everything but printable ASCII escaped. */
export function quoteBytes(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return `b${quote(text, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 || code >= 0x7f ? hexadecimal(code) : character;
  })}`;
}

function quote(text: string, escaped: (character: string) => string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let quoted = mark;
  for (const character of text) {
    quoted += character === mark ? `\\${mark}` : (named[character] ?? escaped(character));
  }
  return quoted + mark;
}

const hexadecimal = (code: number): string => `\\x${code.toString(16).padStart(2, '0')}`;
