/** What was typed behind `chart`. */

import { splitWords } from './line.ts';

export interface ChartChoices {
  readonly machines: readonly string[];
  readonly formats: readonly string[];
}

export type ChartRequest =
  | {
      readonly kind: 'chart';
      /** Whose state is marked; null = nobody's. */
      readonly name: string | null;
      readonly machine: string;
      readonly format: string;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** Options may stand before and behind the name, as `--format svg` or `--format=svg`. */
export function parseChartRequest(argument: string, { machines, formats }: ChartChoices): ChartRequest {
  const given = new Map([
    ['--machine', 'process'],
    ['--format', 'ascii'],
  ]);
  const names: string[] = [];
  const words = splitWords(argument).flatMap((word) => splitOption(word));
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) {
      names.push(word);
      continue;
    }
    if (!given.has(word)) return refuse(`chart has no option ${word}`);
    index += 1;
    given.set(word, words[index] ?? '');
  }
  const machine = given.get('--machine') ?? '';
  const format = given.get('--format') ?? '';
  if (!machines.includes(machine)) return refuse(`--machine must be one of ${machines.join(', ')}, got "${machine}"`);
  if (!formats.includes(format)) return refuse(`--format must be one of ${formats.join(', ')}, got "${format}"`);
  const [name = null, second] = names;
  if (second !== undefined) return refuse('chart shows one at a time');
  return { kind: 'chart', name, machine, format };
}

const refuse = (reason: string): ChartRequest => ({ kind: 'refused', reason });

function splitOption(word: string): readonly string[] {
  const [, option, value] = /^(--[a-z]+)=(.*)$/.exec(word) ?? [];
  return option === undefined ? [word] : [option, value ?? ''];
}
