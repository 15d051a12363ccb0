import { describe, expect, it } from 'vitest';
import { formatColumns, formatConfigInfo, formatStatus } from '../../../src/cli/control/format.ts';
import { processInfo } from './fake-session.ts';

const longName = 'a-name-that-is-longer-than-thirty-characters';

describe('the status table', () => {
  it('leaves at least 33 characters for the name and 10 for the state, and keeps trailing blanks', () => {
    expect(
      formatStatus([
        processInfo('cat', 'RUNNING', { description: 'pid 13326, uptime 0:00:33' }),
        processInfo('grp:ga', 'STOPPED', { description: 'Nov 22 02:44 PM' }),
        processInfo('nofile', 'FATAL', { description: "can't find command '/nope/x'" }),
        processInfo('p1', 'STARTING'),
      ]),
    ).toEqual([
      'cat                              RUNNING   pid 13326, uptime 0:00:33',
      'grp:ga                           STOPPED   Nov 22 02:44 PM',
      "nofile                           FATAL     can't find command '/nope/x'",
      'p1                               STARTING  ',
    ]);
  });

  it('grows with the longest name, counted in characters', () => {
    expect(formatStatus([processInfo(longName, 'BACKOFF'), processInfo('x', 'UNKNOWN')])).toEqual([
      `${longName}   BACKOFF   `,
      `x${' '.repeat(longName.length + 2)}UNKNOWN   `,
    ]);
    const emoji = '😀'.repeat(31);
    expect(formatStatus([processInfo(emoji, 'EXITED')])).toEqual([`${emoji}   EXITED    `]);
  });

  it.each([
    ['EXITED', 0, 'STOPPED'],
    ['EXITED', 2, 'EXITED'],
    ['EXITED', -1, 'EXITED'],
    ['FATAL', 0, 'FATAL'],
  ] as const)('paints %s with status %i as %s', (statename, exitstatus, as) => {
    const paint = { state: (state: string, text: string) => `<${state}>${text}` };
    const [line] = formatStatus([processInfo('once', statename, { exitstatus })], paint);
    expect(line).toContain(`<${as}>${statename}`);
  });

  it('has no lines for no processes', () => {
    expect(formatStatus([])).toEqual([]);
  });
});

describe('a row of avail', () => {
  it.each([
    [true, true, 'cat', 'cat                              in use    auto      999:999'],
    [false, false, 'znew', 'znew                             avail     manual    999:999'],
    [true, false, longName, `${longName} in use    manual    999:999`],
  ])('for inuse=%s autostart=%s of %s', (inuse, autostart, name, expected) => {
    const info = { group: name, name, inuse, autostart, group_prio: 999, process_prio: 999 };
    expect(formatConfigInfo(info)).toBe(expected);
  });

  it('shows both priorities and the group of a member', () => {
    const info = { group: 'grp', name: 'ga', inuse: true, autostart: true, group_prio: 5, process_prio: -1 };
    expect(formatConfigInfo(info)).toBe('grp:ga                           in use    auto      5:-1');
  });
});

describe('columns', () => {
  it('fill from top to bottom, in as few lines as fit', () => {
    const words = ['a'.repeat(30), 'b'.repeat(20), 'c'.repeat(30), 'd', 'e'];
    expect(formatColumns(words)).toEqual([
      `${'a'.repeat(30)}  ${'c'.repeat(30)}  e`,
      `${'b'.repeat(20)}            d                             `,
    ]);
  });

  it('give up columns for words that are too long', () => {
    const words = ['a'.repeat(60), 'b'.repeat(60)];
    expect(formatColumns(words)).toEqual(words);
  });
});
