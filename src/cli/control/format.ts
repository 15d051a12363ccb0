/** The tables supervisorctl prints, as lines without newlines. Widths and blanks are part of the contract. */

import type { ProcessInfo } from '../../model/process-info.ts';
import { displayName } from '../../model/process-name.ts';
import { type Paint, plain } from './paint.ts';
import type { ConfigInfo } from './server-call.ts';

const minimumNameWidth = 30;
const totalWidth = 79;
const columnGap = '  ';

/** One line a process: name, state, description. Colours change no width. */
export function formatStatus(infos: readonly ProcessInfo[], paint: Pick<Paint, 'state'> = plain): readonly string[] {
  const rows = infos.map((info) => ({ info, name: displayName(info.group, info.name) }));
  const width = rows.reduce((widest, { name }) => Math.max(widest, countCharacters(name)), minimumNameWidth) + 3;
  return rows.map(
    ({ info, name }) =>
      pad(name, width) +
      paint.state(looksLike(info), info.statename) +
      pad('', 10 - countCharacters(info.statename)) +
      info.description,
  );
}

/** What has done its work is as quiet as what was stopped. */
const looksLike = ({ statename, exitstatus }: ProcessInfo): ProcessInfo['statename'] =>
  statename === 'EXITED' && exitstatus === 0 ? 'STOPPED' : statename;

/** The line of `avail` for one configured process. */
export function formatConfigInfo(info: ConfigInfo): string {
  const name = pad(displayName(info.group, info.name), 32);
  const use = pad(info.inuse ? 'in use' : 'avail', 9);
  const start = pad(info.autostart ? 'auto' : 'manual', 9);
  return `${name} ${use} ${start} ${info.group_prio}:${info.process_prio}`;
}

/** Words in as few lines as fit into the width, filled from top to bottom, every cell padded. */
export function formatColumns(words: readonly string[]): readonly string[] {
  for (let height = 1; height < words.length; height += 1) {
    const columns = splitColumns(words, height);
    const widths = columns.map((column) => Math.max(...column.map((word) => word.length)));
    const used = widths.reduce((sum, width) => sum + width, 0) + columnGap.length * (columns.length - 1);
    if (used <= totalWidth) return formatRows(columns, widths, height);
  }
  return words;
}

function splitColumns(words: readonly string[], height: number): readonly (readonly string[])[] {
  const columns: string[][] = [];
  for (let start = 0; start < words.length; start += height) columns.push(words.slice(start, start + height));
  return columns;
}

function formatRows(
  columns: readonly (readonly string[])[],
  widths: readonly number[],
  height: number,
): readonly string[] {
  return Array.from({ length: height }, (_, row) =>
    columns
      .filter((column) => row < column.length)
      .map((column, index) => pad(column[row] ?? '', widths[index] ?? 0))
      .join(columnGap),
  );
}

/** Python pads by code points, JavaScript by UTF-16 units; names outside the basic plane tell them apart. */
const countCharacters = (text: string): number => [...text].length;
const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - countCharacters(text)));
