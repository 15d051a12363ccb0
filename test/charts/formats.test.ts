import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { findState } from '../../src/charts/chart-reading.ts';
import { foldWords } from '../../src/charts/formats/fold-words.ts';
import { chartFormats } from '../../src/charts/formats/formats.ts';
import { renderSvg } from '../../src/charts/formats/svg.ts';
import { pathOfPoints } from '../../src/charts/formats/svg-path.ts';
import { layOutAll } from '../../src/charts/lay-out-all.ts';
import type { Chart } from '../../src/model/chart.ts';

const { charts } = await layOutAll();
const named = charts.map((chart) => [chart.machine, chart] as const);
const render = (format: string, chart: Chart, active: string | null = null): string =>
  chartFormats.get(format)!(chart, { active, columns: 100 });
const process = charts.find(({ machine }) => machine === 'process')!;
const group = charts.find(({ machine }) => machine === 'group')!;

describe('ascii', () => {
  test.each(named)('shows every state and event of the %s machine in 100 columns of ASCII', (_, chart) => {
    const text = render('ascii', chart);
    for (const line of text.split('\n')) expect(line).toMatch(/^[ -~]{0,100}$/);
    for (const { name } of chart.states) expect(text).toContain(name);
    for (const { event, guard } of chart.transitions) expect(text).toContain(guard ? `${event} [${guard}]` : event);
  });

  test('marks the state and those around it', () => {
    const marked = (active: string | null) =>
      render('ascii', process, active)
        .split('\n')
        .flatMap((line) => (line.startsWith('>') ? [line.replace(/[>+*-]/g, '').trim()] : []));
    expect(marked('alive.STARTING.proving')).toEqual(['process', 'alive', 'STARTING', 'proving']);
    expect(marked('FATAL')).toEqual(['process', 'FATAL']);
    expect(marked(null)).toEqual([]);
  });

  test('is a table under each state', () => {
    expect(render('ascii', group, 'delivering')).toBe(`> group
      (entering)                              spawnProcesses, spawnPool, beginProcesses
      xstate.error.actor.*                    / reportDefect

  +- active *
         group.quiesce                        / quiesceProcesses
         process.settled                      / reportSettled
         group.drain [hasListeners]           -> delivering
         group.drain                          -> draining

> +- delivering
         (entering)                           quiesceProcesses, drainPool
         pool.drained                         -> draining
         after farewell                       -> draining

  +- draining
         (entering)                           awaitProcesses, drainProcesses
         process.drained                      / noteDrained
         xstate.error.actor.*                 / reportDefect, noteFailed
         always [isDrained]                   -> drained

  +- drained
         (entering)                           reportDrained

* first state   > current state
`);
  });
});

describe('mermaid', () => {
  test('nests states, draws lines between them and lights the active ones', () => {
    expect(render('mermaid', group, 'draining')).toBe(`stateDiagram-v2
    [*] --> active
    state "active" as active
    active : group.quiesce
    active : process.settled
    state "delivering" as delivering
    state "draining" as draining
    draining : process.drained
    draining : xstate.error.actor.*
    state "drained" as drained
    active --> delivering : group.drain [hasListeners]
    active --> draining : group.drain
    delivering --> draining : pool.drained<br>after farewell
    draining --> drained : always [isDrained]
    classDef active fill:#dbe8fe,stroke:#2563eb,color:#0f172a
    class draining active
`);
  });

  test.each(named)('declares every state of the %s machine once', (_, chart) => {
    const declared = [...render('mermaid', chart).matchAll(/ as (\w+)/g)].map(([, id]) => id);
    expect(declared.toSorted()).toEqual(
      chart.states.flatMap(({ path }) => (path === '' ? [] : [path.replaceAll('.', '_')])).toSorted(),
    );
  });
});

describe('dot', () => {
  test.each(named)('draws a line for each two states of the %s machine that are connected', (_, chart) => {
    const text = render('dot', chart);
    const pairs = new Set(
      chart.transitions.flatMap(({ source, target }) => (target === null ? [] : [`${source}>${target}`])),
    );
    expect(text.match(/ -> .*\[label=/g)?.length).toBe(pairs.size);
    expect(text.match(/\{$/gm)?.length).toBe(text.match(/^ *\}$/gm)?.length);
    for (const id of text.matchAll(/l(?:head|tail)=("cluster [^"]*")/g)) expect(text).toContain(`subgraph ${id[1]}`);
  });
});

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly parent: string;
}

/** Throws on a document that is not well-formed. */
function elementsOf(markup: string): readonly Element[] {
  const elements: Element[] = [];
  const around: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements.push({ name, attributes: { ...attributes }, parent: around.at(-1) ?? '' });
    around.push(name);
  });
  parser.on('closetag', () => {
    around.pop();
  });
  parser.write(markup).close();
  return elements;
}

describe('scxml', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    '': ['scxml'],
    scxml: ['state'],
    state: ['state', 'final', 'onentry', 'onexit', 'transition', 'invoke'],
    final: ['onentry', 'onexit'],
    onentry: ['script', 'send'],
    onexit: ['script', 'cancel'],
    transition: ['script'],
  };

  test.each(named)('tells of the %s machine by the rules of the notation', (_, chart) => {
    const elements = elementsOf(render('scxml', chart, chart.states.at(-1)!.path));
    for (const { name, parent } of elements) expect(allowed[parent]).toContain(name);
    const ids = elements
      .filter(({ name }) => name === 'state' || name === 'final')
      .map(({ attributes }) => attributes.id);
    expect(new Set(ids).size).toBe(chart.states.length);
    for (const { attributes } of elements)
      for (const id of [attributes.target, attributes.initial]) if (id !== undefined) expect(ids).toContain(id);
    expect(elements.filter(({ name }) => name === 'transition').length).toBe(chart.transitions.length);
    const timers = elements.flatMap(({ name, attributes }) => (name === 'send' ? [attributes.event] : []));
    for (const { event } of chart.transitions)
      if (event.startsWith('after ')) expect(timers).toContain(event.replace(' ', '.'));
  });
});

describe('svg', () => {
  test.each(named)('draws every state and transition of the %s machine under its name', (_, chart) => {
    const elements = elementsOf(render('svg', chart));
    const marks = (name: string) => new Set(elements.flatMap(({ attributes }) => attributes[name] ?? []));
    expect(marks('data-state')).toEqual(new Set(chart.states.map(({ path }) => path)));
    const drawn = chart.transitions.filter(({ target }) => target !== null).map(({ id }) => id);
    expect(marks('data-transition')).toEqual(new Set(drawn));
  });

  test('lights the active state and those around it', () => {
    const lit = elementsOf(render('svg', process, 'alive.RUNNING')).flatMap(({ name, attributes }) =>
      name === 'rect' && / active$/.test(attributes.class ?? '') ? [attributes['data-state']] : [],
    );
    expect(lit).toEqual(['', 'alive', 'alive.RUNNING']);
  });

  test('brings no styles where a page has them already, and needs nothing from elsewhere', () => {
    expect(renderSvg(process, { active: null, standalone: false })).not.toContain('<style>');
    expect(renderSvg(process, { active: null, standalone: true })).not.toMatch(/href|url\((?!#)|<script/);
  });
});

test('json is the chart with the active state', () => {
  expect(JSON.parse(render('json', group, 'draining'))).toEqual({ ...group, active: 'draining' });
});

test.each([
  ['RUNNING', 'alive.RUNNING'],
  ['UNKNOWN', 'UNKNOWN'],
  ['alive.STARTING.proving', 'alive.STARTING.proving'],
  ['FATAL', 'FATAL'],
  ['NOPE', null],
])('the state called %s is %s', (name, path) => {
  expect(findState(process, name)).toBe(path);
});

test('folds between words', () => {
  expect(foldWords('one two  three four', 8)).toEqual(['one two', 'three', 'four']);
  expect(foldWords('', 8)).toEqual([]);
  expect(foldWords('incompressible', 8)).toEqual(['incompressible']);
});

test('rounds the corners of a line as far as there is room', () => {
  const corner = [
    { x: 0, y: 0 },
    { x: 0, y: 20 },
    { x: 4, y: 20 },
  ];
  expect(pathOfPoints(corner)).toBe('M0 0L0 18Q0 20 2 20L4 20');
  expect(pathOfPoints([])).toBe('');
});
