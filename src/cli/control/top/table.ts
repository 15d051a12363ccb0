/** The table of processes as lines: pure, for a screen of any size and for files alike. */

import { displayName } from '../../../model/process-name.ts';
import type { Paint } from '../paint.ts';
import type { TopRow } from './rows.ts';

export interface TableOptions {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly paint: Paint;
  /** Characters; null = as many as there are. */
  readonly columns: number | null;
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly alignment: 'left' | 'right';
  readonly cell: (row: TopRow, now: number) => string;
  /** Where there is no room those with the highest go first; 0 never goes. */
  readonly spare: number;
}

const narrowestName = 12;
const widestName = 40;
const gap = '  ';

/** Characters that the reason is to have before anything goes for it. */
const leastReason = 20;

/** The heading, and a line for each row. */
export function formatTable(
  rows: readonly TopRow[],
  { now, paint, columns }: TableOptions,
): { readonly heading: string; readonly lines: readonly string[] } {
  const names = rows.map(({ group, name }) => displayName(group, name).length);
  const nameWidth = Math.min(widestName, Math.max(narrowestName, ...names));
  const shown = columnsFor(nameWidth, columns);
  return {
    heading: cut([...shown.map((column) => aligned(column.title, column)), 'WHY'].join(gap), columns),
    lines: rows.map((row) => {
      const line = [...shown.map((column) => aligned(column.cell(row, now), column)), row.why].join(gap);
      return paintState(cut(line, columns), row.statename, nameWidth + gap.length, paint);
    }),
  };
}

function columnsFor(nameWidth: number, available: number | null): readonly Column[] {
  let shown: readonly Column[] = [{ ...nameColumn, width: nameWidth }, ...otherColumns];
  const room = (): number =>
    available === null ? leastReason : available - shown.reduce((sum, { width }) => sum + width + gap.length, 0);
  for (let spare = 4; spare > 0 && room() < leastReason; spare -= 1) {
    shown = shown.filter((column) => column.spare !== spare);
  }
  return shown;
}

const nameColumn: Omit<Column, 'width'> = {
  title: 'NAME',
  alignment: 'left',
  cell: ({ group, name }) => displayName(group, name),
  spare: 0,
};

const otherColumns: readonly Column[] = [
  { title: 'STATE', width: 8, alignment: 'left', cell: ({ statename }) => statename, spare: 0 },
  { title: 'PID', width: 7, alignment: 'right', cell: ({ pid }) => (pid === 0 ? '-' : String(pid)), spare: 3 },
  { title: 'TIME', width: 9, alignment: 'right', cell: (row, now) => formatTime(row, now), spare: 0 },
  {
    title: 'RESTARTS',
    width: 8,
    alignment: 'right',
    cell: ({ restarts }) => (restarts === 0 ? '-' : String(restarts)),
    spare: 4,
  },
  { title: 'CPU%', width: 6, alignment: 'right', cell: ({ usage }) => (usage ? formatCpu(usage.cpu) : '-'), spare: 1 },
  {
    title: 'MEM',
    width: 5,
    alignment: 'right',
    cell: ({ usage }) => (usage ? formatMemory(usage.memory) : '-'),
    spare: 2,
  },
];

/** How long it runs, or is in its state. */
function formatTime({ statename, startedAt, since }: TopRow, now: number): string {
  const from = statename === 'RUNNING' ? startedAt : since;
  if (from === 0) return '-';
  const seconds = Math.max(0, Math.floor((now - from) / 1000));
  const days = Math.floor(seconds / 86_400);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${Math.floor((seconds % 86_400) / 3600)}:${two(Math.floor((seconds % 3600) / 60))}`;
  return days > 0 ? `${days}d ${clock}` : `${clock}:${two(seconds % 60)}`;
}

/** In percent of one CPU: `0.0`, `12.5`, `104`. */
export function formatCpu(share: number): string {
  const percent = share * 100;
  return percent < 99.95 ? percent.toFixed(1) : percent.toFixed(0);
}

const memoryUnits = ['K', 'M', 'G', 'T'] as const;

/** `512K`, `9.8M`, `12M`. */
export function formatMemory(bytes: number): string {
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 999.5 && unit < memoryUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : value.toFixed(0)}${memoryUnits[unit]}`;
}

function aligned(text: string, { width, alignment }: Column): string {
  const shown = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return alignment === 'left' ? shown.padEnd(width) : shown.padStart(width);
}

export function cut(line: string, columns: number | null): string {
  if (columns === null) return line.trimEnd();
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
}

/** After everything was measured, for colours have no width. */
const paintState = (line: string, state: string, at: number, paint: Paint): string =>
  line.slice(0, at) + paint.state(state, line.slice(at, at + state.length)) + line.slice(at + state.length);
