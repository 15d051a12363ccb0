/**
 * A chart as a picture that needs nothing else: it carries its own styles, for light and for dark, and works without
 * scripts. Each state and transition bears its name, so that a page can light them up by adding classes.
 */

import type { Chart, ChartState, ChartTransition } from '../../model/chart.ts';
import { inset, lineHeight, nameHeight, textSize } from '../measures.ts';
import { labelLines, stateLines, timersOf } from '../wording.ts';
import { pathOfPoints } from './svg-path.ts';
import { svgStyle } from './svg-style.ts';

export interface SvgOptions {
  /** Path of the innermost state that is active; null for none. */
  readonly active: string | null;
}

/** The picture as one `svg` element, which may stand in a file of its own or in a page. */
export function renderSvg(chart: Chart, { active }: SvgOptions): string {
  const { machine, width, height, states, transitions } = chart;
  const [labels, lines] = [transitions.map(renderLabel), transitions.filter(isFirstOfItsLine).map(renderLine)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" class="chart" role="img" aria-label="Statechart of the ${machine} machine">`,
    `<style>${svgStyle}</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0.5 8 4 0 7.5z"/></marker></defs>',
    ...states.map((state) => renderState(state, chart, active)),
    ...lines,
    ...labels,
    '</svg>',
    '',
  ].join('\n');
}

function renderState(state: ChartState, { transitions }: Chart, active: string | null): string {
  const { path, name, x, y, width, height, kind } = state;
  const isActive = active !== null && (path === active || path === '' || active.startsWith(`${path}.`));
  const classes = ['state', kind, ...(path === '' ? ['machine'] : []), ...(isActive ? ['active'] : [])];
  const lines = stateLines(state, transitions).map(
    (line, index) =>
      `<text class="line" x="${x + inset}" y="${y + nameHeight + index * lineHeight + textSize}">${escapeText(line)}</text>`,
  );
  return [
    `<g class="${classes.join(' ')}" data-state="${escapeText(path)}">`,
    `<title>${escapeText(titleOf(state))}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${kind === 'compound' ? 10 : 7}"/>`,
    ...(state.isInitial ? [renderInitial(state)] : []),
    `<text class="name" x="${x + inset}" y="${y + 19}">${escapeText(name)}</text>`,
    ...timersOf(state, transitions).map(
      (_, index) => `<g class="timer" transform="translate(${x + width - 17 - index * 22} ${y + 14})">${clock}</g>`,
    ),
    ...lines,
    '</g>',
  ].join('');
}

/** A dial: here something happens by itself when its time is over. */
const clock = '<circle r="6.5"/><path d="M0 -3.5V0H2.8"/>';

/** The mark of the first state: a dot with a short arrow to the left edge. */
const renderInitial = ({ x, y }: ChartState): string =>
  `<circle class="initial" cx="${x - 14}" cy="${y + 14}" r="3.5"/><path class="transition" marker-end="url(#arrow)" d="M${x - 11} ${y + 14}H${x}"/>`;

function titleOf({ name, entry, exit }: ChartState): string {
  const parts = [`on entering: ${entry.join(', ')}`, `on leaving: ${exit.join(', ')}`];
  return [name, ...parts.filter((part) => !part.endsWith(': '))].join('\n');
}

/** Of the transitions that share a line one draws it. */
function isFirstOfItsLine({ source, target, points }: ChartTransition, index: number, all: readonly ChartTransition[]) {
  return points.length > 0 && all.findIndex((one) => one.source === source && one.target === target) === index;
}

const renderLine = ({ source, target, points }: ChartTransition): string =>
  `<path class="transition" data-source="${escapeText(source)}" data-target="${escapeText(target ?? '')}" marker-end="url(#arrow)" d="${pathOfPoints(points)}"/>`;

function renderLabel(transition: ChartTransition): string {
  const { label, id, event, actions } = transition;
  if (label === null) return '';
  const middle = label.x + label.width / 2;
  const lines = labelLines(transition).map(
    (line, index) =>
      `<text class="${index === 0 ? kindOfEvent(event) : 'guard'}" x="${middle}" y="${label.y + index * lineHeight + textSize}">${escapeText(line)}</text>`,
  );
  const title = actions.length === 0 ? '' : `<title>${escapeText(`${event} / ${actions.join(', ')}`)}</title>`;
  return [
    `<g class="label" data-transition="${escapeText(id)}">${title}`,
    `<rect x="${label.x}" y="${label.y}" width="${label.width}" height="${label.height}"/>`,
    ...lines,
    '</g>',
  ].join('');
}

const kindOfEvent = (event: string): string => (/^(after |always$)/.test(event) ? 'event own' : 'event');

const escapeText = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${String(character.charCodeAt(0))};`);
