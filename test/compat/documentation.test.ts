/** docs/compatibility.md names everything there is, and nothing else. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { actions, ownActions } from '../../src/cli/control/actions.ts';
import { createSupervisordCommand } from '../../src/cli/supervisord-options.ts';
import { createMethods } from '../../src/commands/index.ts';
import { type SectionKind, sectionKinds } from '../../src/config/options.ts';
import { eventTypeNames } from '../../src/model/event-types.ts';
import { fakeHost } from '../config/fake-host.ts';
import { inRepository } from '../helpers/sandbox.ts';

const page = readFileSync(inRepository('docs/compatibility.md'), 'utf8');

/** The cells of the table under a heading, without the backquotes of names; the two rows of its head are left out. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = page.split(`\n### ${heading}\n`);
  const [own = ''] = section.split('\n#');
  const rows = own.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((line) =>
    line
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.replace(/^`(.*)`$/, '$1')),
  );
}

const names = (heading: string): readonly string[] => tableUnder(heading).map(([name = '']) => name);

const headings: Readonly<Record<SectionKind['form'], (name: string) => string>> = {
  exact: (name) => `[${name}]`,
  named: (name) => `[${name}:x]`,
  prefix: (name) => `[${name}]`,
};

const programKeys = sectionKinds.find(({ name }) => name === 'program')?.options.map(({ key }) => key) ?? [];

/** Rows of section and key; kinds of programs have one row for what they share with programs. */
function expectedKeys(): readonly string[] {
  return sectionKinds.flatMap(({ name, form, options }) => {
    const section = headings[form](name);
    const keys = options.map(({ key }) => key);
    const shares = name !== 'program' && programKeys.every((key) => keys.includes(key));
    const own = shares ? ['the keys of `[program:x]`', ...keys.filter((key) => !programKeys.includes(key))] : keys;
    return own.map((key) => `${section} ${key}`);
  });
}

describe('the page on compatibility', () => {
  test('names every section and key', () => {
    const rows = tableUnder('Sections and keys').map(([section = '', key = '']) => `${section} ${key}`);
    expect(rows).toEqual(expectedKeys());
  });

  test('names every method', () => {
    expect(names('Methods')).toEqual([...createMethods().keys()]);
  });

  test('names every event', () => {
    expect(names('Events')).toEqual([...eventTypeNames]);
  });

  test('names every command of supervisorctl', () => {
    expect(names('Commands of supervisorctl')).toEqual([...actions.keys(), ...ownActions.keys()]);
  });

  test('names every flag of supervisord', () => {
    const { options } = createSupervisordCommand(fakeHost(), 'supervisord');
    expect(names('Flags of supervisord')).toEqual(options.map(({ flags }) => flags.replace(/ <.*/, '')));
  });

  test.each(['Sections and keys', 'Methods', 'Events', 'Commands of supervisorctl', 'Flags of supervisord'])(
    'says of all %s how they compare',
    (heading) => {
      for (const cells of tableUnder(heading)) expect(cells.at(-1), cells.join(' ')).toMatch(/\w/);
    },
  );

  test('links only to decisions that exist', () => {
    for (const [, link = ''] of page.matchAll(/\]\((decisions\/[^)]+)\)/g)) {
      expect(readFileSync(inRepository(`docs/${link}`), 'utf8')).not.toBe('');
    }
  });
});
