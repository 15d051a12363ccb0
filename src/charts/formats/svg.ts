/**
 * A chart as a picture that needs nothing else: it carries its own styles, for light and for dark, and works without
 * scripts. Each state and transition bears its name, so that a page can light them up by adding classes.
 */

import type { Chart, ChartState, ChartTransition } from '../../model/chart.ts';
import { isActive } from '../chart-reading.ts';
import { type Connection, connectionsOf } from '../connections.ts';
import { inset, lineHeight, nameHeight, ringWidth, textSize } from '../measures.ts';
import { isUncommon, labelLines, stateLines, timersOf } from '../wording.ts';
import { escapeMarkup } from './escape-markup.ts';
import { pathOfPoints } from './svg-path.ts';
import { svgStyle } from './svg-style.ts';

export interface SvgOptions {
  /** Path of the innermost state that is active; null for none. */
  readonly active: string | null;
  /** With its styles in it. A page that forbids those brings `svgStyle` itself. */
  readonly standalone: boolean;
}

/** The picture as one `svg` element, which may stand in a file of its own or in a page. */
export function renderSvg(chart: Chart, { active, standalone }: SvgOptions): string {
  const { machine, width, height, states, transitions } = chart;
  const [compound, simple] = [states.filter(isCompound), states.filter((state) => !isCompound(state))];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" class="chart" role="img" aria-label="Statechart of the ${machine} machine">`,
    ...(standalone ? [`<style>${svgStyle}</style>`] : []),
    `<defs>${arrow('arrow')}${arrow('arrow-lit')}</defs>`,
    // Lines run over the frames of states and behind everything that is to be read.
    ...compound.map((state) => renderBox(state, active)),
    ...connectionsOf(transitions).map(renderLine),
    ...states.filter(({ isInitial }) => isInitial).map(renderInitial),
    ...simple.map((state) => renderBox(state, active)),
    ...states.map((state) => renderHead(state, transitions, active)),
    ...transitions.map(renderLabel),
    '</svg>',
    '',
  ].join('\n');
}

const isCompound = ({ kind }: ChartState): boolean => kind === 'compound';

const arrow = (id: string): string =>
  `<marker id="${id}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5 8 4 0 7.5z"/></marker>`;

function classesOf(state: ChartState, part: string, active: string | null): string {
  const { path, kind } = state;
  return [part, kind, ...(path === '' ? ['machine'] : []), ...(isActive(state, active) ? ['active'] : [])].join(' ');
}

function renderBox(state: ChartState, active: string | null): string {
  const { path, x, y, width, height } = state;
  const round = isCompound(state) ? 10 : 7;
  const classes = classesOf(state, 'state', active);
  return `<rect class="${classes}" data-state="${escapeMarkup(path)}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}"/>`;
}

/** What is written in a state, and the dials of its timers. */
function renderHead(state: ChartState, transitions: readonly ChartTransition[], active: string | null): string {
  const { path, name, x, y, width } = state;
  const lines = stateLines(state, transitions).map(
    (line, index) =>
      `<text class="line" x="${x + inset}" y="${y + nameHeight + index * lineHeight + textSize}">${escapeMarkup(line)}</text>`,
  );
  const timers = timersOf(state, transitions).map(
    (timer, index) =>
      `<g class="timer" data-timer="${escapeMarkup(timer)}" transform="translate(${x + width - 17 - index * ringWidth} ${y + 14})">${dial}</g>`,
  );
  return [
    `<g class="${classesOf(state, 'head', active)}" data-state="${escapeMarkup(path)}">`,
    `<title>${escapeMarkup(titleOf(state))}</title>`,
    `<text class="name" x="${x + inset}" y="${y + 19}">${escapeMarkup(name)}</text>`,
    ...timers,
    ...lines,
    '</g>',
  ].join('');
}

/** Here something happens by itself when its time is over. */
const dial = '<circle r="6.5"/><path d="M0 -3.5V0H2.8"/>';

/** The mark of the first state: a dot with a short arrow to the left edge. */
const renderInitial = ({ x, y }: ChartState): string =>
  `<g class="initial"><circle cx="${x - 15}" cy="${y + 14}" r="3.5"/><path d="M${x - 12} ${y + 14}H${x}" marker-end="url(#arrow)"/></g>`;

function titleOf({ name, entry, exit }: ChartState): string {
  const parts = [`on entering: ${entry.join(', ')}`, `on leaving: ${exit.join(', ')}`];
  return [name, ...parts.filter((part) => !part.endsWith(': '))].join('\n');
}

function renderLine({ source, target, transitions }: Connection<ChartTransition>): string {
  const classes = transitions.every(({ event }) => isUncommon(event)) ? 'transition uncommon' : 'transition';
  const path = pathOfPoints(transitions[0]?.points ?? []);
  return `<path class="${classes}" data-source="${escapeMarkup(source)}" data-target="${escapeMarkup(target)}" marker-end="url(#arrow)" d="${path}"/>`;
}

function renderLabel(transition: ChartTransition): string {
  const { label, id, event, actions } = transition;
  if (label === null) return '';
  const middle = label.x + label.width / 2;
  const lines = labelLines(transition).map(
    (line, index) =>
      `<text class="${index === 0 ? kindOfEvent(event) : 'guard'}" x="${middle}" y="${label.y + index * lineHeight + textSize}">${escapeMarkup(line)}</text>`,
  );
  const classes = isUncommon(event) ? 'label uncommon' : 'label';
  const title = actions.length === 0 ? '' : `<title>${escapeMarkup(`${event} / ${actions.join(', ')}`)}</title>`;
  return [
    `<g class="${classes}" data-transition="${escapeMarkup(id)}">${title}`,
    `<rect x="${label.x}" y="${label.y}" width="${label.width}" height="${label.height}"/>`,
    ...lines,
    '</g>',
  ].join('');
}

const kindOfEvent = (event: string): string => (/^(after |always$)/.test(event) ? 'event own' : 'event');
