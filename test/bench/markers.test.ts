import { expect, test } from 'vitest';
import { beginMarker, endMarker, replaceFigures } from './markers.ts';

const around = (between: string): string => `# Title\n\n${beginMarker}${between}${endMarker}\n\nThe rest.\n`;

test('figures take the place of what stood between the markers, and of nothing else', () => {
  expect(replaceFigures(around('\nold\n'), '| new |\n')).toBe(around('\n\n| new |\n\n'));
});

test('writing the same figures twice changes nothing', () => {
  const once = replaceFigures(around(''), '| new |');
  expect(replaceFigures(once, '| new |')).toBe(once);
});

test.each([
  ['without markers', 'text'],
  ['without the second', `text ${beginMarker}`],
  ['with both the wrong way round', `${endMarker} ${beginMarker}`],
])('a document %s is refused', (_, text) => {
  expect(() => replaceFigures(text, '')).toThrow('there must be');
});
