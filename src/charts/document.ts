/** The pages of documentation about the machines, written from their charts so that they cannot say something else. */

import type { Chart } from '../model/chart.ts';
import { renderMermaid } from './formats/mermaid.ts';
import { renderSvg } from './formats/svg.ts';

/** By file name. */
export function renderDocuments(charts: readonly Chart[]): ReadonlyMap<string, string> {
  return new Map([
    ['README.md', renderIndex(charts)],
    ...charts.flatMap((chart): [string, string][] => [
      [`${chart.machine}.svg`, renderSvg(chart, { active: null, standalone: true })],
      [`${chart.machine}.mmd`, renderMermaid(chart, { active: null })],
      [`${chart.machine}.md`, renderPage(chart)],
    ]),
  ]);
}

const duties: Readonly<Record<string, string>> = {
  process: 'one supervised process, in Supervisor’s eight states',
  group: 'starts its processes in order and drains them in reverse order',
  supervisor: 'boots the groups by priority, drains them in reverse, ends',
  pool: 'events that wait for the listeners of one pool',
  listener: 'the conversation with one event listener',
};

const renderIndex = (charts: readonly Chart[]): string =>
  `${[
    '# The machines',
    '',
    'What every part of the daemon does is decided by one of these state machines. The pictures and tables are written from',
    'the machines themselves. What the words in them mean, and why each machine is as it is, says',
    '[machines/README.md](../../machines/README.md).',
    '',
    '| Machine | Duty | States | Transitions |',
    '| --- | --- | --- | --- |',
    ...charts.map(
      ({ machine, states, transitions }) =>
        `| [${machine}](${machine}.md) | ${duties[machine] ?? ''} | ${states.length - 1} | ${transitions.length} |`,
    ),
    '',
    '`supervisorctl chart NAME` shows the chart of a process with the state marked that it is in. With `--format` the same',
    'chart can be had for other tools: `svg`, `mermaid`, `dot`, `scxml` and `json`.',
    '',
    '## How to read the pictures',
    '',
    '- A box is a state, and a frame a state with states in it: whoever is in one of them is also in the frame. The dot with the',
    '  short arrow marks the state that is entered first.',
    '- A line is a transition; beside it stands the event, and in brackets the condition under which it is made. Of several',
    '  transitions with the same event the first whose condition holds is made, in the order of the tables.',
    '- What is written in a box or frame are events that are answered without leaving it. `invoke` names an actor that',
    '  lives exactly as long as the state.',
    '- `always` is tried as soon as the state is entered. `after` is the end of a timer, which starts with the state; states',
    '  with a timer bear a dial.',
    '- Dashed lines are made only after a crash of the daemon, or after a defect of it.',
  ].join('\n')}\n`;

function renderPage(chart: Chart): string {
  const { machine, states, transitions } = chart;
  return `${[
    `# The ${machine} machine`,
    '',
    `${duties[machine] ?? ''} ([all machines](README.md), [how to read the picture](README.md#how-to-read-the-pictures)).`.replace(
      /^./,
      (first) => first.toUpperCase(),
    ),
    '',
    `![Statechart of the ${machine} machine](${machine}.svg)`,
    '',
    `The same for Mermaid is in [${machine}.mmd](${machine}.mmd).`,
    '',
    '## States',
    '',
    '| State | Lives with it | On entering | On leaving |',
    '| --- | --- | --- | --- |',
    ...states.map(
      ({ path, isInitial, invokes, entry, exit }) =>
        `| ${code(path || 'any')}${isInitial ? ' (first)' : ''} | ${list(invokes)} | ${list(entry)} | ${list(exit)} |`,
    ),
    '',
    '## Transitions',
    '',
    '| State | Event | Condition | Next state | Actions |',
    '| --- | --- | --- | --- | --- |',
    ...transitions.map(
      ({ source, event, guard, target, actions }) =>
        `| ${code(source || 'any')} | ${code(event)} | ${code(guard)} | ${code(target ?? '')} | ${list(actions)} |`,
    ),
  ].join('\n')}\n`;
}

const code = (name: string): string => (name === '' ? '' : `\`${name}\``);

const list = (names: readonly string[]): string => names.map(code).join(', ');
