/**
 * A statechart that lives: the active state is lit, the way of the last event runs along its lines, and timers run down. The
 * picture itself is the one of the documentation; only its classes change.
 */

import { renderSvg } from '../../charts/formats/svg.ts';
import { svgStyle } from '../../charts/formats/svg-style.ts';
import { nameHeight, textWidth } from '../../charts/measures.ts';
import type { Chart, ChartState } from '../../model/chart.ts';
import type { RunningTimer, TraceRecord } from '../../model/trace.ts';
import { isWithin, stepsOf } from './chart-steps.ts';
import { drawing, element, setAttribute, setText } from './elements.ts';
import { secondsLeft } from './wording.ts';

export interface ChartView {
  readonly node: HTMLElement;
  /** One machine in one state. */
  showOne(shown: ShownOne): void;
  /** How many sit in each of the states, by their innermost ones. */
  showMany(states: readonly string[]): void;
}

export interface ShownOne {
  /** The innermost state; '' for none. */
  readonly state: string;
  /** What brought it there. */
  readonly last: TraceRecord | null;
  /** What was asked of it in vain since then. */
  readonly inVain: TraceRecord | null;
  readonly timer: RunningTimer | null;
  readonly now: () => number;
}

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const frameMs = 100;
const ringRadius = 9;
const ringLength = 2 * Math.PI * ringRadius;
const leastScale = 0.35;
const readableScale = 0.86;
/** Below this only the names of states are still read. */
const farScale = 0.6;

export function createChartView(chart: Chart): ChartView {
  const svg = parse(chart);
  const marks = drawing('g', { class: 'marks' });
  svg.append(marks);
  const stage = element(
    'div',
    { class: 'stage', tabindex: 0, role: 'group', 'aria-label': `Statechart of the ${chart.machine} machine` },
    svg,
  );
  const whole = element(
    'button',
    { type: 'button', class: 'small', 'aria-pressed': 'false', onclick: () => setWhole(!isWhole) },
    'Whole chart',
  );
  const node = element('div', { class: 'chart-view' }, stage, element('div', { class: 'chart-tools' }, whole));
  const states = chart.states.map((state) => ({
    state,
    nodes: svg.querySelectorAll(`[data-state="${CSS.escape(state.path)}"]`),
  }));
  let isWhole = false;
  let focus: ChartState | null = null;
  let shownStep = 0;
  let ticking: ReturnType<typeof setInterval> | undefined;

  function setWhole(wanted: boolean): void {
    isWhole = wanted;
    whole.setAttribute('aria-pressed', String(isWhole));
    place(true);
  }

  /** The state that matters stays in the middle, as large as is read well; or all is shown. */
  function place(isSmooth: boolean): void {
    const { clientWidth, clientHeight } = stage;
    if (clientWidth === 0) return;
    const all = Math.min(clientWidth / chart.width, clientHeight / chart.height);
    const scale = isWhole || focus === null ? Math.max(all, isWhole ? 0 : leastScale) : Math.max(readableScale, all);
    svg.classList.toggle('far', scale < farScale);
    for (const badge of marks.querySelectorAll<SVGElement>('.count')) {
      badge.setAttribute('transform', `translate(${badge.dataset.at}) scale(${1 / Math.min(1, scale)})`);
    }
    svg.setAttribute('width', String(chart.width * scale));
    svg.setAttribute('height', String(chart.height * scale));
    if (focus === null) return;
    const left = (focus.x + focus.width / 2) * scale - clientWidth / 2;
    const top = (focus.y + Math.min(focus.height, 160) / 2) * scale - clientHeight / 2;
    stage.scrollTo({ left, top, behavior: isSmooth && !calm.matches ? 'smooth' : 'instant' });
  }

  function light(active: string): void {
    for (const { state, nodes } of states) {
      for (const mark of nodes) mark.classList.toggle('active', active !== '' && isWithin(active, state.path));
    }
    const before = focus;
    focus = chart.states.find(({ path }) => path === active && path !== '') ?? null;
    whole.hidden = focus === null;
    if (before !== focus) place(before !== null);
  }

  function trace(record: TraceRecord | null): void {
    if (record?.serial === shownStep) return;
    const isFirst = shownStep === 0;
    shownStep = record?.serial ?? 0;
    for (const line of svg.querySelectorAll('.lit')) line.classList.remove('lit');
    if (record === null) return;
    for (const [index, { id, source, target }] of stepsOf(chart, record).entries()) {
      const label = find(svg, `[data-transition="${CSS.escape(id)}"]`);
      const line = find(
        svg,
        `.transition[data-source="${CSS.escape(source)}"][data-target="${CSS.escape(target ?? '')}"]`,
      );
      label?.classList.add('lit');
      line?.classList.add('lit');
      if (!(line instanceof SVGPathElement) || isFirst || calm.matches) continue;
      runAlong(line, index);
    }
  }

  /** A point that runs the way the machine has gone. */
  function runAlong(line: SVGPathElement, index: number): void {
    const length = line.getTotalLength();
    const point = drawing('circle', { class: 'runner', r: 5 });
    marks.append(point);
    const lasts = 650;
    const begin = performance.now() + index * lasts;
    const step = (time: number): void => {
      const share = Math.min(1, Math.max(0, (time - begin) / lasts));
      setAttribute(point, 'visibility', time < begin ? 'hidden' : 'visible');
      const { x, y } = line.getPointAtLength(length * (1 - (1 - share) ** 2));
      point.setAttribute('cx', String(x));
      point.setAttribute('cy', String(y));
      if (share < 1 && point.isConnected) requestAnimationFrame(step);
      else point.remove();
    };
    requestAnimationFrame(step);
  }

  /** Beside the state: what was asked of it in vain. */
  function remark(record: TraceRecord | null): void {
    marks.querySelector('.remark')?.remove();
    if (focus === null || record === null) return;
    const reason = typeof record.facts.result === 'string' ? `: ${record.facts.result}` : ' here';
    const text = `${record.event.replace(/^supervisor\./, '')} ${record.outcome}${reason}`;
    const width = textWidth(text) + 18;
    const x = Math.min(focus.x, chart.width - width - 4);
    const y = focus.y + Math.min(focus.height, 56) + 6;
    marks.append(
      drawing(
        'g',
        { class: `remark ${record.outcome}` },
        drawing('rect', { x, y, width, height: 22, rx: 5 }),
        drawing('text', { x: x + 8, y: y + 15 }, text),
      ),
    );
  }

  function run(timer: RunningTimer | null, now: () => number): void {
    clearInterval(ticking);
    marks.querySelector('.countdown')?.remove();
    if (timer === null || focus === null) return;
    const left = drawing('text', { class: 'left', x: ringRadius + 6, y: 4 });
    const arc = drawing('circle', {
      class: 'arc',
      r: ringRadius,
      transform: 'rotate(-90)',
      'stroke-dasharray': ringLength,
    });
    const at = `translate(${focus.x + focus.width + ringRadius + 7} ${focus.y + nameHeight / 2})`;
    const title = drawing('title', {}, timer.name);
    const ring = drawing(
      'g',
      { class: 'countdown', transform: at },
      title,
      drawing('circle', { class: 'dial', r: ringRadius }),
      arc,
      left,
    );
    marks.append(ring);
    const draw = (): void => {
      const rest = timer.endsAt - now();
      arc.setAttribute('stroke-dashoffset', String(ringLength * (1 - Math.max(0, Math.min(1, rest / timer.lengthMs)))));
      setText(left, secondsLeft(rest));
      if (rest > 0 && ring.isConnected) return;
      clearInterval(ticking);
      if (rest < -1000) ring.remove();
    };
    draw();
    ticking = setInterval(draw, frameMs);
  }

  new ResizeObserver(() => place(false)).observe(stage);
  return {
    node,
    showOne: ({ state, last, inVain, timer, now }) => {
      light(state);
      trace(last);
      remark(inVain);
      run(timer, now);
    },
    showMany: (all) => {
      const sitting = new Map<string, number>();
      for (const state of all) sitting.set(state, (sitting.get(state) ?? 0) + 1);
      for (const badge of marks.querySelectorAll('.count')) badge.remove();
      for (const { state, nodes } of states) {
        const number = sitting.get(state.path) ?? 0;
        for (const mark of nodes) mark.classList.toggle('active', number > 0);
        if (number === 0) continue;
        const text = String(number);
        const width = 14 + text.length * 8;
        const at = `${state.x + state.width + 12} ${state.y - 2}`;
        marks.append(
          drawing(
            'g',
            { class: 'count', 'data-state': state.path, 'data-at': at },
            drawing('title', {}, `${text} in ${state.path}`),
            drawing('rect', { x: -width / 2, y: -10, width, height: 20, rx: 10 }),
            drawing('text', { y: 4, 'text-anchor': 'middle' }, text),
          ),
        );
      }
      whole.hidden = true;
      place(false);
    },
  };
}

/** The picture brings its styles in a way the page's policy does not take; as a sheet of the page they are welcome. */
function parse(chart: Chart): SVGSVGElement {
  const text = renderSvg(chart, { active: null, standalone: false });
  const svg = document.importNode(new DOMParser().parseFromString(text, 'image/svg+xml').documentElement, true);
  if (!(svg instanceof SVGSVGElement)) throw new TypeError('the chart is no picture');
  if (styles.cssRules.length === 0) {
    styles.replaceSync(svgStyle);
    // Before the sheet of the page, which has the last word on colours.
    document.adoptedStyleSheets = [styles, ...document.adoptedStyleSheets];
  }
  return svg;
}

const styles = new CSSStyleSheet();

const find = (svg: Element, selector: string): Element | null => svg.querySelector(selector);
