/** The picture that `top` draws: a summary, the part of the table that fits, and a line about the keys. Pure. */

import { processStates } from '../../../model/process-state.ts';
import type { Paint } from '../paint.ts';
import type { TopRow } from './rows.ts';
import { cut, formatCpu, formatMemory, formatTable } from './table.ts';
import { shownRows, type TopView } from './view.ts';

export interface PictureOptions {
  readonly rows: readonly TopRow[];
  readonly view: TopView;
  readonly columns: number;
  /** Lines of the screen. */
  readonly height: number;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly paint: Paint;
  /** What is wrong with the connection; '' when nothing is. */
  readonly problem: string;
  /** Lines on the chosen process, while they are asked for. */
  readonly explanation: readonly string[];
}

/** Summary, heading and the line about keys. */
const otherLines = 3;

/** How many rows fit. */
export const pageOf = (height: number): number => Math.max(1, height - otherLines);

/** Never more lines than `height`, none longer than `columns`. */
export function drawTop(options: PictureOptions): readonly string[] {
  const { rows, view, columns, height, paint } = options;
  const shown = shownRows(rows, view);
  const body = view.isExplaining ? explanationBody(options) : tableBody(options, shown);
  const filler = Array.from({ length: Math.max(0, height - otherLines + 1 - body.length) }, () => '');
  const footer = cut(footerText(options, shown.length), columns);
  return [
    paint.strong(cut(summary(rows), columns)),
    ...body,
    ...filler,
    options.problem === '' ? paint.faint(footer) : paint.state('FATAL', footer),
  ].slice(0, height);
}

/** Long lines go on in the next one. */
function explanationBody({ explanation, columns, height, paint }: PictureOptions): readonly string[] {
  const lines = explanation.flatMap((line) => wrapped(line, columns));
  const [first = '', ...rest] = lines.slice(0, pageOf(height));
  return ['', paint.strong(first), ...rest];
}

/** In pieces that fit, set in as the line is. */
export function wrapped(line: string, columns: number): readonly string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const width = Math.max(1, columns - indent.length);
  const pieces: string[] = [];
  let rest = line.slice(indent.length);
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const end = blank > width / 2 ? blank : width;
    pieces.push(indent + rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...pieces, indent + rest];
}

function tableBody(options: PictureOptions, shown: readonly TopRow[]): readonly string[] {
  const { rows, view, columns, height, now, paint } = options;
  const page = pageOf(height);
  const chosen = Math.min(view.chosen, Math.max(0, shown.length - 1));
  const first = Math.max(0, Math.min(chosen - Math.floor(page / 2), shown.length - page));
  const { heading, lines } = formatTable(shown, { now, paint, columns: columns - marker.length });
  const table = lines
    .slice(first, first + page)
    .map((line, index) => (first + index === chosen ? `${paint.strong(chosenMarker)}${line}` : `${marker}${line}`));
  const empty =
    shown.length > 0 ? [] : [cut(`${marker}${rows.length === 0 ? 'no processes' : 'nothing matches'}`, columns)];
  return [paint.faint(`${marker}${heading}`), ...table, ...empty];
}

const marker = '  ';
const chosenMarker = '> ';

function summary(rows: readonly TopRow[]): string {
  const counts = processStates.flatMap((state) => {
    const count = rows.filter(({ statename }) => statename === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const total = (value: (row: TopRow) => number): number => rows.reduce((sum, row) => sum + value(row), 0);
  const used = `CPU ${formatCpu(total(({ usage }) => usage?.cpu ?? 0))}%, memory ${formatMemory(total(({ usage }) => usage?.memory ?? 0))}`;
  return `${rows.length} ${rows.length === 1 ? 'process' : 'processes'}: ${counts.join(', ')}   ${used}`;
}

function footerText({ view, problem, rows }: PictureOptions, shown: number): string {
  if (problem !== '') return problem;
  if (view.isExplaining) return 'Enter back to the list   up/down the next one   Ctrl-C quit';
  if (view.isTyping) return `/${view.filter}_   Enter keeps the filter, Esc drops it`;
  const filter = view.filter === '' ? '/ filter' : `/${view.filter} (${shown} of ${rows.length}, Esc shows all)`;
  return `q quit   s sort (${view.sorting})   ${filter}   up/down choose   Enter why`;
}
