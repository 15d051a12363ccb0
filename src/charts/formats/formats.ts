/** The notations in which a chart can be had, by the names that commands call them. */

import type { Chart } from '../../model/chart.ts';
import { type AsciiOptions, renderAscii } from './ascii.ts';
import { renderDot } from './dot.ts';
import { renderMermaid } from './mermaid.ts';
import { renderScxml } from './scxml.ts';
import { renderSvg } from './svg.ts';

export type FormatOptions = AsciiOptions;

/** The text in that notation, with a newline at its end. */
type Render = (chart: Chart, options: FormatOptions) => string;

export const chartFormats: ReadonlyMap<string, Render> = new Map<string, Render>([
  ['ascii', (chart, options) => `${renderAscii(chart, options).join('\n')}\n`],
  ['mermaid', renderMermaid],
  ['dot', renderDot],
  ['svg', (chart, { active }) => renderSvg(chart, { active, standalone: true })],
  ['scxml', renderScxml],
  ['json', (chart, { active }) => `${JSON.stringify({ ...chart, active }, null, 2)}\n`],
]);
