/** The status page: what it shows, and that nothing shown can change what it is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProcessInfo } from '../../src/model/process-info.ts';
import { type ProcessState, processStateCodes, processStates } from '../../src/model/process-state.ts';
import { renderStatusPage } from '../../src/web/status-page.ts';
import { origin } from './origin.ts';
import { type Element, elementsOf, skeletonOf } from './well-formed.ts';

const process = (name: string, state: ProcessState, values: Partial<ProcessInfo> = {}): ProcessInfo => ({
  name,
  group: name,
  start: 0,
  stop: 0,
  now: 0,
  state: processStateCodes[state],
  statename: state,
  spawnerr: '',
  exitstatus: 0,
  logfile: '',
  stdout_logfile: '',
  stderr_logfile: '',
  pid: 0,
  description: '',
  ...values,
});

const page = (processes: readonly ProcessInfo[], message: string | null = null): string =>
  renderStatusPage({ processes, message, allows: () => true, origin });

const named = (elements: readonly Element[], name: string): readonly Element[] =>
  elements.filter((element) => element.name === name);

/** `label → address` of the links in the table, a blank label where a state offers none. */
const links = (text: string): readonly string[] => {
  const elements = elementsOf(text);
  const table = elements.findIndex(({ name }) => name === 'tbody');
  return named(elements.slice(table), 'a').map(({ text: label, attributes }) => `${label} → ${attributes.href ?? ''}`);
};

describe('the status page', () => {
  test('has a row for each process, in the order given, every other one shaded', () => {
    const text = page([process('a', 'RUNNING', { description: 'pid 7, uptime 0:00:01' }), process('b', 'STOPPED')]);
    const elements = elementsOf(text);
    expect(named(elements, 'title')[0]?.text).toBe('Supervisor Status');
    expect(named(elements, 'th').map((header) => header.text)).toEqual(['State', 'Description', 'Name', 'Action']);
    expect(
      named(elements, 'td')
        .filter((cell) => cell.attributes.class !== 'action')
        .map((cell) => cell.text),
    ).toEqual(['running', 'pid 7, uptime 0:00:01', 'a', 'stopped', '', 'b']);
    expect(named(elements, 'tr').map((row) => row.attributes.class)).toEqual([undefined, '', 'shade']);
  });

  test.each([
    ['RUNNING', 'statusrunning'],
    ['FATAL', 'statuserror'],
    ['BACKOFF', 'statuserror'],
    ['STOPPED', 'statusnominal'],
    ['STARTING', 'statusnominal'],
    ['STOPPING', 'statusnominal'],
    ['EXITED', 'statusnominal'],
    ['UNKNOWN', 'statusnominal'],
  ] as const)('marks %s with the class %s', (state, marked) => {
    expect(page([process('a', state)])).toContain(
      `<td class="status"><span class="${marked}">${state.toLowerCase()}</span></td>`,
    );
  });

  const logs = [
    'Clear Log → index.html?processname=g%3Ap&action=clearlog',
    'Tail -f Stdout → logtail/g%3Ap',
    'Tail -f Stderr → logtail/g%3Ap/stderr',
  ];
  const running = [
    'Restart → index.html?processname=g%3Ap&action=restart',
    'Stop → index.html?processname=g%3Ap&action=stop',
  ];
  const start = ['Start → index.html?processname=g%3Ap&action=start', ' → '];
  test.each([
    ['RUNNING', running],
    ['STOPPED', start],
    ['EXITED', start],
    ['FATAL', start],
    ['STARTING', [' → ', ' → ']],
    ['STOPPING', [' → ', ' → ']],
    ['BACKOFF', [' → ', ' → ']],
    ['UNKNOWN', [' → ', ' → ']],
  ] as const)('offers in %s what the state allows', (state, changes) => {
    expect(links(page([process('p', state, { group: 'g' })]))).toEqual([
      'g:p → tail.html?processname=g%3Ap',
      ...changes,
      ...logs,
    ]);
  });

  test('tells every link apart for those who hear it alone', () => {
    const elements = elementsOf(page([process('a', 'RUNNING'), process('b', 'RUNNING')]));
    const spoken = named(elements, 'a').map(({ text, attributes }) => attributes['aria-label'] ?? text);
    expect(new Set(spoken).size).toBe(spoken.length);
    for (const { text, attributes } of named(elements, 'a')) {
      expect(attributes['aria-label'] ?? text).toContain(text);
    }
  });

  test('counts the states, those first that need attention', () => {
    const states: readonly ProcessState[] = ['RUNNING', 'RUNNING', 'STOPPED', 'FATAL', 'BACKOFF'];
    const summary = elementsOf(page(states.map((state, index) => process(`p${index}`, state))));
    expect(summary.find(({ attributes }) => attributes.class === 'summary')?.text.trim()).toBe(
      '1 fatal 1 backoff 1 stopped 2 running',
    );
  });

  test('counts every state', () => {
    for (const state of processStates) expect(page([process('a', state)])).toContain(`>1 ${state.toLowerCase()}<`);
  });

  test('says so when there is nothing to manage', () => {
    const elements = elementsOf(page([]));
    expect(named(elements, 'main')[0]?.text).toContain('No programs to manage');
    expect(named(elements, 'table')).toEqual([]);
  });

  test.each([
    ['Process a started', 'done'],
    ['ERROR: Process a: no such file', 'problem'],
    ['unexpected rpc fault [70] NOT_RUNNING: a', 'problem'],
    ['No such process named a', 'problem'],
  ])('shows the message %j as %s', (message, outcome) => {
    const shown = elementsOf(page([], message)).find(({ attributes }) => attributes.class === 'status_msg');
    expect(shown?.text).toBe(message);
    expect(shown?.attributes['data-outcome']).toBe(outcome);
  });

  test('tells which daemon it is of, and the version', () => {
    expect(page([])).toContain('<p><b>supervisor</b> on shop-3, pid 4242</p>');
    expect(page([])).toContain('statevisor 1.2.3, compatible with Supervisor 4.2.5');
  });

  test('has one script of our own, neither styles nor handlers in it, and loads nothing from elsewhere', () => {
    const elements = elementsOf(page([process('a', 'RUNNING')], 'x'));
    expect(elements.flatMap(({ name, attributes }) => (name === 'script' ? [attributes.src] : []))).toEqual([
      'app/app.js',
    ]);
    for (const { name, attributes } of elements) {
      expect(['style', 'iframe', 'object']).not.toContain(name);
      expect(Object.keys(attributes).filter((key) => key === 'style' || key.startsWith('on'))).toEqual([]);
      for (const address of [attributes.href, attributes.src]) expect(address ?? '').not.toMatch(/^([a-z]+:|\/)/i);
    }
  });

  const anyText = fc.string({ unit: 'binary' });
  const markup = fc.constantFrom(
    '<script>',
    '</td>',
    '"><b x="',
    "' onclick='x",
    '<!--',
    ']]>',
    '&lt;',
    '&#60;',
    '\u0000',
  );
  const hostile = fc.oneof(
    anyText,
    fc.array(fc.oneof(markup, anyText)).map((parts) => parts.join('')),
  );

  test('stays the same page whatever names, descriptions and messages say', () => {
    const plain = skeletonOf(page([process('name', 'RUNNING')], 'message'));
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (name, group, description, message) => {
        const text = page([process(name, 'RUNNING', { group, description })], message);
        expect(skeletonOf(text)).toEqual(plain);
      }),
    );
  });
});
