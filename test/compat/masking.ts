/** What two runs of the same scenario may never have in common: process ids, times, and the folder each runs in. */

const rules: readonly (readonly [RegExp, string])[] = [
  [/\bpid \d+/g, 'pid N'],
  [/\(\d+\)/g, '(N)'],
  [/\bpid:\d+/g, 'pid:N'],
  [/\bwhen:\d+/g, 'when:T'],
  [/\buptime (\d+ days?, )?\d+:\d\d:\d\d/g, 'uptime T'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(,\d{3})?/g, 'STAMP'],
  [/\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d\d \d\d:\d\d [AP]M/g, 'DATE'],
  [/[A-Z][a-z]{2}%20[A-Z][a-z]{2}%20+\d+%20\d\d%3A\d\d%3A\d\d%20\d{4}/g, 'DATE'],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/g, 'DATE'],
  [/\bafter \d+ milliseconds/g, 'after T'],
  // Struct members with a moment or a process id; 0 stands for none and has to agree.
  [/(<name>(?:pid|start|stop|now)<\/name>\s*<value><int>)[1-9]\d*/g, '$1N'],
  // The place in the original's sources, which ends the report of a mistake nobody foresaw.
  [/: file: \S+ line: \d+/g, ': file: F line: N'],
  // The random part of the name of an AUTO log.
  [/(---[^/\s]+?-)[a-z0-9_]{8}(?=\.log)/g, '$1RANDOM'],
];

/** The text with everything that may differ replaced; `names` are literal texts of this run and what they stand for. */
export function maskText(text: string, names: Readonly<Record<string, string>>): string {
  const named = Object.entries(names).reduce((masked, [literal, mask]) => masked.replaceAll(literal, mask), text);
  return rules.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), withoutPidLengths(named));
}

/** The length of an event counts the digits of the process id in it, which may be more or fewer. */
const withoutPidLengths = (text: string): string =>
  text.replace(
    /\blen:(\d+)(?=\s[^\n]*?\bpid:(\d+))/g,
    (_, length: string, pid: string) => `len:${Number(length) - pid.length} and a pid`,
  );

/** The same for every text in a value made of plain records and lists. */
export function maskAll<T>(value: T, names: Readonly<Record<string, string>>): T;
export function maskAll(value: unknown, names: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return maskText(value, names);
  if (Array.isArray(value)) return value.map((item: unknown) => maskAll(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [key, maskAll(item, names)]));
}
