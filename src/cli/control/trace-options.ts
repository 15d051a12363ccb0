/** The words behind `trace`. */

export interface TraceOptions {
  /** '' = everything. */
  readonly name: string;
  readonly follow: boolean;
  /** Milliseconds back from now; null = as far as it is remembered. */
  readonly sinceMs: number | null;
  readonly json: boolean;
}

export type ReadTraceOptions =
  | { readonly kind: 'options'; readonly options: TraceOptions }
  /** `reason` is for people. */
  | { readonly kind: 'mistake'; readonly reason: string };

const unitMs: ReadonlyMap<string, number> = new Map([
  ['', 1000],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

export function readTraceOptions(words: readonly string[]): ReadTraceOptions {
  let [name, follow, json] = ['', false, false];
  let sinceMs: number | null = null;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const since = /^--since(?:=(.*))?$/.exec(word);
    if (word === '-f') follow = true;
    else if (word === '--json') json = true;
    else if (since !== null) {
      const text = since[1] ?? rest.shift() ?? '';
      sinceMs = parseDuration(text);
      if (sinceMs === null) return mistake(`--since wants a duration as 90s, 10m, 2h or 1d, not "${text}"`);
    } else if (word.startsWith('-')) return mistake(`unknown option ${word}`);
    else if (name !== '') return mistake('too many process names supplied');
    else name = word === 'all' ? '' : word;
  }
  return { kind: 'options', options: { name, follow, sinceMs, json } };
}

const mistake = (reason: string): ReadTraceOptions => ({ kind: 'mistake', reason });

/** Milliseconds of `90s`, `10m`, `2h`, `1d`; without a unit seconds. */
function parseDuration(text: string): number | null {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text) ?? [];
  return count === undefined ? null : Number(count) * (unitMs.get(unit) ?? 1000);
}
