import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plain } from '../../../../src/cli/control/paint.ts';
import { drawTop, wrapped } from '../../../../src/cli/control/top/picture.ts';
import { changedRows, firstRows, type TopRow } from '../../../../src/cli/control/top/rows.ts';
import { formatCpu, formatMemory, formatTable } from '../../../../src/cli/control/top/table.ts';
import { firstView, keysIn, shownRows, type TopView, viewAfter } from '../../../../src/cli/control/top/view.ts';

const now = 1_700_000_000_000;
const escapeCharacter = String.fromCharCode(27);

const row = (name: string, values: Partial<TopRow> = {}): TopRow => ({
  group: name,
  name,
  statename: 'RUNNING',
  since: now - 60_000,
  pid: 7,
  startedAt: now - 61_000,
  restarts: 0,
  usage: { cpu: 0.125, memory: 12 * 1024 * 1024 },
  why: 'up for 1 min',
  ...values,
});

const stopped = { statename: 'STOPPED', pid: 0, usage: null, since: 0, startedAt: 0, why: 'never started' } as const;
const fatal = { statename: 'FATAL', pid: 0, usage: null, restarts: 3, why: "can't find command 'wbe'" } as const;

const names = (view: Partial<TopView>, rows: readonly TopRow[]): string =>
  shownRows(rows, { ...firstView, ...view })
    .map(({ name }) => name)
    .join(' ');

/** What is seen after these keys were typed, with ten rows of which four are shown at a time. */
const typed = (...sequences: readonly string[]): TopView | null =>
  sequences
    .flatMap(keysIn)
    .reduce<TopView | null>((view, key) => (view === null ? null : viewAfter(view, key, 10, 4)), firstView);

describe('the table', () => {
  test('has a line for each process', () => {
    const rows = [row('web'), row('worker', { group: 'g', restarts: 2 }), row('lazy', stopped)];
    const { heading, lines } = formatTable(rows, { now, paint: plain, columns: null });
    expect([heading, ...lines]).toEqual([
      'NAME          STATE         PID       TIME  RESTARTS    CPU%    MEM  WHY',
      'web           RUNNING         7    0:01:01         -    12.5    12M  up for 1 min',
      'g:worker      RUNNING         7    0:01:01         2    12.5    12M  up for 1 min',
      'lazy          STOPPED         -          -         -       -      -  never started',
    ]);
  });

  test('gives up columns where the screen is narrow, before the reason has no room', () => {
    const heading = (columns: number): string => formatTable([row('web')], { now, paint: plain, columns }).heading;
    expect(heading(100)).toContain('RESTARTS');
    expect(heading(88)).not.toContain('RESTARTS');
    expect(heading(80)).toMatch(/PID.*CPU.*MEM.*WHY/);
    expect(heading(60)).toMatch(/^NAME +STATE +TIME +WHY$/);
  });

  test.each([
    [0, '0.0'],
    [0.125, '12.5'],
    [0.9996, '100'],
    [3.04, '304'],
  ])('%f of a CPU is %s percent', (share, text) => expect(formatCpu(share)).toBe(text));

  test.each([
    [0, '0K'],
    [512 * 1024, '512K'],
    [1023 * 1024, '1.0M'],
    [9.8 * 1024 ** 2, '9.8M'],
    [12 * 1024 ** 2, '12M'],
    [1.5 * 1024 ** 3, '1.5G'],
    [2000 * 1024 ** 4, '2000T'],
  ])('%i bytes are %s', (bytes, text) => expect(formatMemory(bytes)).toBe(text));
});

describe('keys', () => {
  test('move the choice within the rows', () => {
    expect(typed('j', `${escapeCharacter}[B`, `${escapeCharacter}OB`)?.chosen).toBe(3);
    expect(typed('k', `${escapeCharacter}[A`)?.chosen).toBe(0);
    expect(typed(`${escapeCharacter}[F`, 'j')?.chosen).toBe(9);
    expect(typed(`${escapeCharacter}[6~`)?.chosen).toBe(4);
    expect(typed(`${escapeCharacter}[F${escapeCharacter}[5~`)?.chosen).toBe(5);
    expect(typed(`${escapeCharacter}[F${escapeCharacter}[H`)?.chosen).toBe(0);
  });

  test('sort in one way after the other', () => {
    expect(typed('s')?.sorting).toBe('trouble');
    expect(typed('sssssss')?.sorting).toBe('boot');
  });

  test('filter as it is typed', () => {
    expect(typed('/web q')).toMatchObject({ filter: 'web q', isTyping: true });
    expect(typed('/webx', '\b', '\r', 's')).toMatchObject({ filter: 'web', isTyping: false, sorting: 'trouble' });
    expect(typed('/web', escapeCharacter)).toMatchObject({ filter: '', isTyping: false });
    expect(typed('/web\r', escapeCharacter)?.filter).toBe('');
  });

  test('explain the chosen process and go back', () => {
    expect(typed('j\r')).toMatchObject({ isExplaining: true, chosen: 1 });
    expect(typed('\rj')).toMatchObject({ isExplaining: true, chosen: 1 });
    expect(typed('\rq')).toMatchObject({ isExplaining: false });
    expect(typed('\r', escapeCharacter)).toMatchObject({ isExplaining: false });
  });

  test('end it', () => {
    expect(typed('q')).toBeNull();
    expect(typed(String.fromCharCode(3))).toBeNull();
    expect(typed('/', String.fromCharCode(3))).toBeNull();
    expect(typed('\r', String.fromCharCode(3))).toBeNull();
  });

  test('that mean nothing change nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const key of keysIn(text)) expect(viewAfter(firstView, key, 3, 2)?.chosen ?? 0).toBeLessThan(3);
      }),
    );
    expect(typed('x', `${escapeCharacter}[15~`, '\t')).toEqual(firstView);
  });
});

describe('the rows that are shown', () => {
  const rows = [
    row('b', { restarts: 1 }),
    row('a', { usage: { cpu: 2, memory: 5 } }),
    row('c', fatal),
    row('d', stopped),
  ];

  test.each([
    ['boot', 'b a c d'],
    ['trouble', 'c d b a'],
    ['name', 'a b c d'],
    ['cpu', 'a b c d'],
    ['memory', 'b a c d'],
    ['restarts', 'c b a d'],
  ] as const)('are sorted by %s', (sorting, expected) => expect(names({ sorting }, rows)).toBe(expected));

  test('match every word of the filter somewhere', () => {
    expect(names({ filter: 'fatal' }, rows)).toBe('c');
    expect(names({ filter: 'RUNNING a' }, rows)).toBe('a');
    expect(names({ filter: 'find wbe' }, rows)).toBe('c');
    expect(names({ filter: 'nope' }, rows)).toBe('');
  });
});

describe('rows that are told', () => {
  test('replace those that were known, and go when they are removed', () => {
    const wire = (name: string, statename: string) => ({ group: 'g', name, statename, pid: 1, usage: null, why: 'x' });
    const first = firstRows({ processes: [wire('a', 'RUNNING'), wire('b', 'RUNNING'), wire('c', 'RUNNING')] });
    const next = changedRows(first, { processes: [wire('b', 'FATAL'), wire('d', 'STARTING')], removed: ['g:a'] });
    expect([...next.values()].map(({ name, statename }) => `${name} ${statename}`)).toEqual([
      'b FATAL',
      'c RUNNING',
      'd STARTING',
    ]);
  });

  test.each([[null], [7], [{}], [{ processes: 'x', removed: {} }], [{ processes: [null, 7, {}] }]])(
    '%j does no harm',
    (told) => {
      expect(() => drawTop({ ...picture, rows: [...changedRows(firstRows(told), told).values()] })).not.toThrow();
    },
  );
});

const picture = {
  rows: [row('web'), row('worker', fatal)],
  view: firstView,
  columns: 60,
  height: 8,
  now,
  paint: plain,
  problem: '',
  explanation: [],
};

describe('the picture', () => {
  test('is a summary, the table and a line about keys', () => {
    expect(drawTop(picture)).toEqual([
      '2 processes: 1 RUNNING, 1 FATAL   CPU 12.5%, memory 12M',
      '  NAME          STATE          TIME  WHY',
      '> web           RUNNING     0:01:01  up for 1 min',
      "  worker        FATAL       0:01:00  can't find command 'wb…",
      '',
      '',
      '',
      'q quit   s sort (boot)   / filter   up/down choose   Enter …',
    ]);
  });

  test('says what is wrong with the connection', () => {
    expect(drawTop({ ...picture, problem: 'connection lost' }).at(-1)).toBe('connection lost');
  });

  test('shows an explanation in place of the table', () => {
    const lines = drawTop({
      ...picture,
      view: { ...firstView, isExplaining: true },
      explanation: ['web RUNNING', '    why'],
    });
    expect(lines.slice(1, 4)).toEqual(['', 'web RUNNING', '    why']);
    expect(lines).toHaveLength(8);
  });

  test('fits into every screen, whatever is chosen', () => {
    const rows = Array.from({ length: 30 }, (_, index) => row(`p${index}`));
    fc.assert(
      fc.property(
        fc.nat(200),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(40),
        fc.boolean(),
        (columns, height, chosen, why) => {
          const view = { ...firstView, chosen, isExplaining: why };
          const lines = drawTop({
            ...picture,
            rows,
            view,
            columns,
            height,
            explanation: ['    a long line '.repeat(9)],
          });
          expect(lines.length).toBeLessThanOrEqual(height);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(columns, 6));
          if (!why && height > 3 && columns > 10) expect(lines.join('\n')).toContain(`> p${Math.min(chosen, 29)}`);
        },
      ),
    );
  });

  test('goes on in the next line where a line of an explanation is too long', () => {
    expect(wrapped('  one two three', 9)).toEqual(['  one two', '  three']);
    expect(wrapped('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrapped('', 4)).toEqual(['']);
  });
});
