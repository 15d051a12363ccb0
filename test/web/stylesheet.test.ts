/** What can be said of a style sheet without a browser: that people can read what it colours. */
import { describe, expect, test } from 'vitest';
import { stylesheet } from '../../src/web/stylesheet.ts';

type Colours = ReadonlyMap<string, string>;

/** The custom properties of light and of dark, which has light's where it says nothing. */
function readColours(): readonly (readonly [string, Colours])[] {
  const [light = new Map(), dark = new Map()] = [...stylesheet.matchAll(/:root \{([^}]*)\}/g)].map(
    ([, block = '']) =>
      new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value])),
  );
  return [
    ['light', light],
    ['dark', new Map([...light, ...dark])],
  ];
}

/** As the Web Content Accessibility Guidelines define it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each(readColours())('in %s', (_name, colours) => {
  test.each([
    ['text', 'page'],
    ['text', 'surface'],
    ['quiet', 'page'],
    ['quiet', 'surface'],
    ['quiet', 'neutral-tint'],
    ['link', 'surface'],
    ['link', 'neutral-tint'],
    ['good', 'good-tint'],
    ['bad', 'bad-tint'],
    ['bad', 'surface'],
    ['bad', 'neutral-tint'],
    ['neutral', 'neutral-tint'],
  ])('%s can be read on %s', (text, ground) => {
    expect(contrast(colours.get(text) ?? '', colours.get(ground) ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});

test('the style sheet loads nothing', () => {
  expect(stylesheet).not.toMatch(/url\(|@import/);
});
