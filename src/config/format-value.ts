/** One value formatted by one `%` expression, with Python's rules for flags, width and precision. */

import { quoteText } from '../model/python-text.ts';

export interface Format {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | null;
  readonly conversion: string;
  readonly index: number;
}

export type Formatted =
  | { readonly kind: 'formatted'; readonly text: string }
  | { readonly kind: 'bad'; readonly reason: string };

const MOST_DIGITS = 100;
const LARGEST_CHARACTER = 0x10ffff;

/** Formats a value; null stands for the mapping itself, which only the text conversions take. */
export function formatValue(format: Format, value: string | number | null): Formatted {
  switch (format.conversion) {
    case 's':
    case 'r':
    case 'a':
      return padded(format, cut(asText(format.conversion, value), format.precision), '');
    case 'c':
      return asCharacter(format, value);
    case 'd':
    case 'i':
    case 'u':
      if (typeof value !== 'number') return wrongType(`%${format.conversion} format: a real number`, value);
      return asInteger(format, value, 10, '');
    case 'x':
    case 'X':
    case 'o':
      if (typeof value !== 'number') return wrongType(`%${format.conversion} format: an integer`, value);
      return asInteger(format, value, format.conversion === 'o' ? 8 : 16, `0${format.conversion}`);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      if (typeof value !== 'number') return { kind: 'bad', reason: `must be real number, not ${typeName(value)}` };
      return asFraction(format, value);
    default:
      return { kind: 'bad', reason: unsupported(format) };
  }
}

const typeName = (value: string | number | null): string => (value === null ? 'dict' : 'str');

const wrongType = (needed: string, value: string | number | null): Formatted => ({
  kind: 'bad',
  reason: `${needed} is required, not ${typeName(value)}`,
});

function unsupported({ conversion, index }: Format): string {
  const code = conversion.codePointAt(0) ?? 0;
  const shown = code >= 0x1f && code <= 0x7e ? conversion : '?';
  return `unsupported format character '${shown}' (0x${code.toString(16)}) at index ${index}`;
}

function asText(conversion: string, value: string | number | null): string {
  if (typeof value !== 'string') return String(value);
  if (conversion === 's') return value;
  const quoted = quoteText(value);
  return conversion === 'r' ? quoted : [...quoted].map(inAscii).join('');
}

function inAscii(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0x7f) return character;
  if (code <= 0xff) return `\\x${code.toString(16)}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

const cut = (text: string, precision: number | null): string =>
  precision === null ? text : [...text].slice(0, precision).join('');

function asCharacter(format: Format, value: string | number | null): Formatted {
  if (typeof value === 'number') {
    if (value < 0 || value > LARGEST_CHARACTER) return { kind: 'bad', reason: '%c arg not in range(0x110000)' };
    return padded(format, String.fromCodePoint(value), '');
  }
  if (value === null || [...value].length !== 1) return { kind: 'bad', reason: '%c requires int or char' };
  return padded(format, value, '');
}

function asInteger(format: Format, value: number, base: number, prefix: string): Formatted {
  const digits = Math.abs(value)
    .toString(base)
    .padStart(format.precision ?? 0, '0');
  const shown = format.conversion === 'X' ? digits.toUpperCase() : digits;
  return padded(format, shown, signOf(format, value) + (format.flags.includes('#') ? prefix : ''), true);
}

function asFraction(format: Format, value: number): Formatted {
  const precision = Math.min(format.precision ?? 6, MOST_DIGITS);
  const plain = fractionText(format, Math.abs(value), precision);
  const text = format.flags.includes('#') && !plain.includes('.') ? plain.replace(/^\d+/, '$&.') : plain;
  const upper = format.conversion === format.conversion.toUpperCase();
  return padded(format, upper ? text.toUpperCase() : text, signOf(format, value), true);
}

function fractionText(format: Format, value: number, precision: number): string {
  const conversion = format.conversion.toLowerCase();
  if (conversion === 'f') return value.toFixed(precision);
  if (conversion === 'e') return withLongExponent(exponential(value, precision));
  const digits = Math.max(precision, 1);
  const exponent = value === 0 ? 0 : Number(exponential(value, digits - 1).split('e')[1]);
  const scientific = exponent < -4 || exponent >= digits;
  const text = scientific ? exponential(value, digits - 1) : value.toFixed(digits - 1 - exponent);
  const [mantissa = '', power] = text.split('e');
  const trimmed = format.flags.includes('#') || !mantissa.includes('.') ? mantissa : mantissa.replace(/\.?0+$/, '');
  return power === undefined ? trimmed : withLongExponent(`${trimmed}e${power}`);
}

/** Of a whole number. Exactly between two results Python takes the even one, JavaScript the larger one. */
function exponential(value: number, precision: number): string {
  const digits = String(value);
  const isTie = /^50*$/.test(digits.slice(precision + 1)) && Number(digits[precision]) % 2 === 0;
  return (isTie ? value - 1 : value).toExponential(precision);
}

/** Python writes at least two digits of exponent. */
const withLongExponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

function signOf(format: Format, value: number): string {
  if (value < 0) return '-';
  if (format.flags.includes('+')) return '+';
  return format.flags.includes(' ') ? ' ' : '';
}

function padded(format: Format, body: string, sign: string, isNumber = false): Formatted {
  const missing = Math.max(0, format.width - [...body].length - sign.length);
  if (format.flags.includes('-')) return { kind: 'formatted', text: sign + body + ' '.repeat(missing) };
  if (isNumber && format.flags.includes('0')) {
    return { kind: 'formatted', text: sign + '0'.repeat(missing) + body };
  }
  return { kind: 'formatted', text: ' '.repeat(missing) + sign + body };
}
