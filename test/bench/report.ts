/** From values to a table: medians, ratios to Supervisor and to the limit, and whether targets are met. */

import { bareNode, type Figure, type FigureId, figures, representative, type Samples, type Target } from './figures.ts';
import { growthExponent } from './statistics.ts';

const own = 'statevisor';

export interface Row {
  readonly id: FigureId;
  readonly title: string;
  readonly unit: string;
  /** By name; who was not measured is absent. */
  readonly values: ReadonlyMap<string, number>;
  readonly verdicts: readonly Verdict[];
}

export interface Verdict {
  /** As a reader writes it: `≤ 4 × limit`. */
  readonly target: string;
  /** Our value in terms of the target; undefined when there is nothing to compare with. */
  readonly ratio: number | undefined;
  readonly met: boolean | undefined;
}

/** @param names - Whose values are wanted, in order. */
export function reportRows(samples: Samples, names: readonly string[]): readonly Row[] {
  const all = withExponents(samples, names);
  return (Object.keys(figures) as FigureId[])
    .filter((id) => all[id] !== undefined)
    .map((id) => {
      const { title, unit, targets }: Figure = figures[id];
      const values = new Map<string, number>();
      for (const name of names) {
        const value = representative(all, id, name);
        if (value !== undefined) values.set(name, value);
      }
      return { id, title, unit, values, verdicts: targets.map((target) => verdict(target, values)) };
    });
}

/** How the boot grows is not measured, but follows from two figures. */
function withExponents(samples: Samples, names: readonly string[]): Samples {
  const exponents: Record<string, readonly number[]> = {};
  for (const name of names) {
    const small = representative(samples, 'boot-1000', name);
    const large = representative(samples, 'boot-3000', name);
    if (small === undefined || large === undefined) continue;
    exponents[name] = [growthExponent({ size: 1000, cost: small }, { size: 3000, cost: large })];
  }
  return Object.keys(exponents).length === 0 ? samples : { ...samples, 'boot-exponent': exponents };
}

function verdict(target: Target, values: ReadonlyMap<string, number>): Verdict {
  const text = targetText(target);
  const value = values.get(own);
  const reference = target.of === undefined ? 1 : values.get(target.of);
  if (value === undefined || reference === undefined) return { target: text, ratio: undefined, met: undefined };
  const ratio = value / reference;
  return { target: text, ratio, met: target.bound === 'most' ? ratio <= target.factor : ratio >= target.factor };
}

function targetText({ bound, factor, of }: Target): string {
  const sign = bound === 'most' ? '≤' : '≥';
  return of === undefined ? `${sign} ${factor}` : `${sign} ${factor} × ${of}`;
}

/** Three digits that count, and no more. */
export function shown(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: Math.min(decimals, 4) });
}

function shownVerdict({ target, ratio, met }: Verdict): string {
  if (met === undefined) return `${target}: not compared`;
  return `${target}: ${met ? 'met' : 'missed'}${target.includes('×') ? `, ${shown(ratio)}` : ''}`;
}

const headings = (names: readonly string[]): readonly string[] => [
  'what',
  'unit',
  ...names,
  '× Supervisor',
  '× limit',
  'target',
];

function cells({ title, unit, values, verdicts }: Row, names: readonly string[]): readonly string[] {
  const ratioTo = (name: string): string => {
    const [value, reference] = [values.get(own), values.get(name)];
    return value === undefined || reference === undefined || reference === 0 ? '–' : shown(value / reference);
  };
  return [
    title,
    unit,
    ...names.map((name) => shown(values.get(name))),
    ratioTo('supervisor'),
    ratioTo('limit'),
    verdicts.map(shownVerdict).join('; '),
  ];
}

/** Names in the order of columns: this product, then those measured, and Node where it was. */
export function columnNames(samples: Samples, rivals: readonly string[]): readonly string[] {
  const measured = new Set(Object.values(samples).flatMap((ofFigure) => Object.keys(ofFigure)));
  return [own, ...rivals.filter((name) => name !== own), bareNode].filter((name) => measured.has(name));
}

/** For a terminal: columns under one another. */
export function plainTable(rows: readonly Row[], names: readonly string[]): string {
  const lines = [headings(names), ...rows.map((row) => cells(row, names))];
  const widths = headings(names).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => align(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const align = (cell: string, width: number, column: number): string =>
  column < 2 ? cell.padEnd(width) : cell.padStart(width);

/** For the documentation. */
export function markdownTable(rows: readonly Row[], names: readonly string[]): string {
  const line = (columns: readonly string[]): string => `| ${columns.join(' | ')} |`;
  const rule = headings(names).map((_, column) => (column < 2 ? '---' : '--:'));
  return [line(headings(names)), line(rule), ...rows.map((row) => line(cells(row, names)))].join('\n');
}
