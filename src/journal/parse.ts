/** Readers of plain values that came from a file: what is not as expected is null, nothing is believed. */

export type Fields = Readonly<Record<string, unknown>>;

/** The object that a JSON text stands for; null for every other text. */
export function parseObject(bytes: Uint8Array): Fields | null {
  try {
    return asObject(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return null;
  }
}

export const asObject = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;

export const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export const asFlag = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

/** A whole number from 0 on. */
export const asCount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;

/** Epoch milliseconds, fractions allowed. */
export const asInstant = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
