/** The reference page of the configuration, written from the table of options so that it cannot say something else. */

import type { Option, Scope } from './option.ts';
import { type SectionKind, sectionKinds } from './options.ts';

const introduction = `# Configuration

Every section and key. The file is Supervisor's, and so is what it means; a key that is not known to Supervisor says so.

- A line that starts with \`;\` or \`#\` is a comment, and so is everything behind a blank and one of the two, in quotes too.
- Keys end at the first \`=\` or \`:\`. Upper and lower case are the same in keys, but not in sections.
- A line indented deeper than its key continues the value.
- What is written twice counts as written last, also across included files. \`[DEFAULT]\` lends its keys to every section.
- Unknown sections and keys are ignored; the log names each with its place and the nearest known name.
- A file with mistakes is refused as a whole, with all its mistakes, and changes nothing.
`;

const expressions = `## Expressions

\`%(name)s\` in a value stands for what the name means; \`%(name)02d\` formats numbers; \`%%\` is a percent sign. The column
*Names* of the tables says which names a key knows.

| Names | Known |
|---|---|
| environment | \`ENV_X\` for every variable X of the daemon, and those of \`[supervisord] environment\` |
| here | the above, and \`here\`: the directory of the file |
| socket | the above, and \`program_name\` |
| host | those of *here*, and \`host_node_name\` |
| program | those of *host*, and \`program_name\` and \`group_name\` |
| process | the above, and \`process_num\`, \`numprocs\` and \`ENV_X\` for the program's own \`environment\` |
`;

/** The page as Markdown. */
export function renderReference(): string {
  return [introduction, expressions, renderTypes(), ...sectionKinds.map(renderSection)].join('\n');
}

function renderTypes(): string {
  const types = new Map(sectionKinds.flatMap(({ options }) => options.map(({ type }) => [type.name, type.expected])));
  return [
    '## Values',
    '',
    '| Type | Takes |',
    '|---|---|',
    ...[...types].toSorted(byFirst).map(([name, expected]) => row(name, expected)),
    '',
  ].join('\n');
}

const byFirst = ([left]: readonly [string, string], [right]: readonly [string, string]): number =>
  left < right ? -1 : Number(left > right);

function renderSection(kind: SectionKind): string {
  const hasFlags = kind.options.some(({ flag }) => flag !== null);
  return [
    `## ${headings[kind.form](kind.name)}`,
    '',
    kind.doc,
    '',
    row('Key', 'Type', 'Default', 'Names', ...(hasFlags ? ['Flag'] : []), 'Meaning'),
    `|${'---|'.repeat(hasFlags ? 6 : 5)}`,
    ...kind.options.map((option) => renderOption(option, hasFlags)),
    '',
  ].join('\n');
}

const headings: Readonly<Record<SectionKind['form'], (name: string) => string>> = {
  exact: (name) => `[${name}]`,
  named: (name) => `[${name}:x]`,
  prefix: (name) => `[${name}] and [${name}:x]`,
};

function renderOption(option: Option<unknown>, hasFlags: boolean): string {
  const names: Scope = option.scope;
  const flag = hasFlags ? [renderFlag(option)] : [];
  return row(`\`${option.key}\``, option.type.name, renderDefault(option), names, ...flag, option.doc);
}

function renderDefault({ required, default: preset, defaultDoc }: Option<unknown>): string {
  if (required) return '**required**';
  if (defaultDoc !== null) return defaultDoc;
  return preset === null ? 'none' : `\`${preset}\``;
}

function renderFlag({ key, flag }: Option<unknown>): string {
  if (flag === null) return '';
  return flag.short === null ? `\`--${key}\`` : `\`-${flag.short}\``;
}

const row = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
