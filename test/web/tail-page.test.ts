/** The page with the end of a log. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTailLimit, renderTailPage } from '../../src/web/tail-page.ts';
import { origin } from './origin.ts';
import { elementsOf, skeletonOf } from './well-formed.ts';

const page = (text: string, processName: string | null = 'web', limit = 1024): string =>
  renderTailPage({ processName, text, limit, origin });

const shown = (text: string): string | undefined => elementsOf(page(text)).find(({ name }) => name === 'pre')?.text;

const addresses = (text: string): readonly string[] =>
  elementsOf(text).flatMap(({ name, attributes }) => (name === 'a' ? [attributes.href ?? ''] : []));

describe('the tail page', () => {
  test('shows the text in a plain pre, under the title that Supervisor gives it', () => {
    const text = page('GET / 200\n<b> & "é"\n', 'g:p');
    expect(text).toContain('<title>Supervisor tail of process g:p</title>');
    expect(text).toContain('<pre>GET / 200\n&lt;b&gt; &amp; &quot;é&quot;\n</pre>');
  });

  test('says None where no process is named, and leads nowhere', () => {
    const text = page('No process name found', null);
    expect(text).toContain('<title>Supervisor tail of process None</title>');
    expect(addresses(text)).toEqual(['index.html']);
  });

  test('leads to itself with the same parameters, to more, and to both channels', () => {
    expect(addresses(page('', 'g:p', 2048))).toEqual([
      'index.html',
      'tail.html?processname=g%3Ap&limit=2048',
      'tail.html?processname=g%3Ap&limit=16384',
      'logtail/g%3Ap',
      'logtail/g%3Ap/stderr',
    ]);
  });

  test('offers no more than the most', () => {
    const most = readTailLimit('99999999999');
    expect(addresses(page('', 'a', most)).filter((address) => address.startsWith('tail'))).toEqual([
      `tail.html?processname=a&limit=${most}`,
    ]);
  });

  test('leaves colours out and shows other control characters', () => {
    expect(shown('\u001b[1;31mred\u001b[0m \u001b[2J bell\u0007')).toBe('red ^[[2J bell^G');
  });

  test('keeps a first line that is empty', () => {
    expect(page('\nx')).toContain('<pre>\n\nx</pre>');
  });

  test('stays the same page whatever a log says', () => {
    const plain = skeletonOf(page('text', 'name'));
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString()),
      fc.constantFrom('</pre><script>', '<!--', ']]>', '&lt;/pre&gt;', '\u0000</pre>'),
    );
    fc.assert(
      fc.property(hostile, hostile, (text, name) => {
        expect(skeletonOf(page(text, name))).toEqual(plain);
      }),
    );
  });
});

describe('readTailLimit', () => {
  test.each([
    [undefined, 1024],
    ['', 1024],
    ['5', 1024],
    ['5000', 5000],
    ['5000x', 1024],
    ['-5000', 1024],
    ['1e6', 1024],
    ['99999999999999999999', 4 * 1024 * 1024],
  ])('takes %j as %d bytes', (field, bytes) => {
    expect(readTailLimit(field)).toBe(bytes);
  });
});
