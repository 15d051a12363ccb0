/** Reads the tables of `machines/README.md`: per machine and heading, the rows without their formatting. */

import { readFileSync } from 'node:fs';
import type { Row } from './machine-tables.ts';

const readme = new URL('../../machines/README.md', import.meta.url);

/** File name of the machine → heading → rows of its table; the row of column titles is left out. */
export function readReadme(): ReadonlyMap<string, ReadonlyMap<string, readonly Row[]>> {
  const sections = readFileSync(readme, 'utf8').split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [title = '', ...tables] = section.split(/^### /m);
      return [plain(firstLine(title)), new Map(tables.map((table) => [firstLine(table), rowsOf(table)]))];
    }),
  );
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

const plain = (text: string): string => text.replaceAll('`', '').trim();

const rowsOf = (table: string): readonly Row[] =>
  table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.slice(1, line.lastIndexOf('|')).split('|').map(plain));
