import { describe, expect, test } from 'vitest';
import { runLine } from '../../../src/cli/control/run-line.ts';
import { Fault } from '../../../src/model/errors.ts';
import { fakeSession, processInfo } from './fake-session.ts';

const unknown = Fault.of('UNKNOWN_METHOD');
const node = (actor: string, of: string, state: string, children: readonly unknown[] = []) => ({
  actor,
  of,
  state,
  children,
});
const tree = node('supervisor', '', 'running', [
  node('group', 'web', 'active', [
    node('process', 'web:web', 'alive.STARTING.proving', [node('child', 'web:web', '')]),
  ]),
  node('group', 'events', 'active', [
    node('pool', 'events', 'open.serving', [node('listener', 'events:mail', 'READY.waiting')]),
  ]),
]);

const marked = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => (line.startsWith('>') ? [line.replace(/[>+*-]/g, '').trim()] : []));

async function typed(line: string, options: Parameters<typeof fakeSession>[0] = {}) {
  const session = fakeSession(options);
  await runLine(session.context, line);
  return { text: session.stdout(), status: session.context.exitStatus, calls: session.calls };
}

describe('chart', () => {
  test('shows the machine of processes without asking any daemon', async () => {
    const { text, status, calls } = await typed('chart');
    expect(text).toMatch(/^ {2}process\n/);
    expect(marked(text)).toEqual([]);
    expect([status, calls]).toEqual([0, []]);
  });

  test.each([
    ['chart web', ['process', 'alive', 'STARTING', 'proving']],
    ['chart --machine group events', ['group', 'active']],
    ['chart --machine pool events', ['pool', 'open', 'serving']],
    ['chart events:mail --machine=listener', ['listener', 'READY', 'waiting']],
    ['chart --machine supervisor all', ['supervisor', 'running']],
  ])('"%s" marks the innermost state and those around it', async (line, states) => {
    const { text, status } = await typed(line, { answers: { 'trace.tree': tree } });
    expect(marked(text)).toEqual(states);
    expect(status).toBe(0);
  });

  test('marks what the name of the state gives where the daemon tells no more', async () => {
    const { text } = await typed('chart web', {
      answers: { 'trace.tree': unknown, getAllProcessInfo: [processInfo('web', 'RUNNING')] },
    });
    expect(marked(text)).toEqual(['process', 'alive', 'RUNNING']);
  });

  test.each([
    ['chart nope', 'nope: ERROR (no such process)\n'],
    ['chart --machine group nope', 'nope: ERROR (no such group)\n'],
  ])('"%s" names what there is not', async (line, text) => {
    expect(await typed(line, { answers: { 'trace.tree': tree } })).toMatchObject({ text, status: 1 });
  });

  test('prints other notations as they are', async () => {
    const { text } = await typed('chart web --format json', { answers: { 'trace.tree': tree } });
    expect(JSON.parse(text)).toMatchObject({ machine: 'process', active: 'alive.STARTING.proving' });
    expect((await typed('chart --format=svg')).text).toMatch(/^<svg /);
  });

  test('makes the marked names bold on a terminal, and only there', async () => {
    const bold = `${String.fromCharCode(27)}[1m`;
    const answers = { 'trace.tree': tree };
    expect((await typed('chart web', { answers, terminal: true })).text).toContain(`${bold}proving`);
    expect((await typed('chart web', { answers })).text).not.toContain(bold);
    const environment = { NO_COLOR: '1' };
    expect((await typed('chart web', { answers, terminal: true, environment })).text).not.toContain(bold);
  });

  test.each([
    ['chart --format png', 'Error: --format must be one of ascii, mermaid, dot, svg, scxml, json, got "png"\n'],
    ['chart --machine', 'Error: --machine must be one of process, group, supervisor, pool, listener, got ""\n'],
    ['chart --shape round', 'Error: chart has no option --shape\n'],
    ['chart one two', 'Error: chart shows one at a time\n'],
  ])('"%s" is refused with the help', async (line, reason) => {
    const { text, status } = await typed(line);
    expect(text.startsWith(`${reason}chart\t`)).toBe(true);
    expect(status).toBe(2);
  });
});
