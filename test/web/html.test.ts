/** The template that makes all markup. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { html } from '../../src/web/html.ts';
import { elementsOf } from './well-formed.ts';

describe('html', () => {
  test('escapes text for elements and attributes', () => {
    expect(html`<p title="${`"a'`}">${'<b> & </b>'}</p>`.text).toBe(
      '<p title="&quot;a&#39;">&lt;b&gt; &amp; &lt;/b&gt;</p>',
    );
  });

  test('takes markup as it is, also several, and nothing for null', () => {
    const items = ['a', '<'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}${null}${html`<li>${7}</li>`}</ul>`.text).toBe(
      '<ul><li>a</li><li>&lt;</li><li>7</li></ul>',
    );
  });

  test('shows control characters as terminals do, and keeps tabs and line ends', () => {
    expect(html`${'\u0000 \u001b[31m \u007f \u0085 \ud800 \ufffe \t\r\n'}`.text).toBe(
      '^@ ^[[31m ^? \ufffd \ufffd \ufffd \t\r\n',
    );
  });

  test('lets no text become markup or break a page', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (title, text) => {
        const elements = elementsOf(html`<p><i title="${title}">${text}</i></p>`.text);
        expect(elements.map(({ name }) => name)).toEqual(['p', 'i']);
        expect(Object.keys(elements[1]?.attributes ?? {})).toEqual(['title']);
      }),
    );
  });

  test('loses nothing of printable text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(elementsOf(html`<p>${text}</p>`.text)[0]?.text).toBe(text);
      }),
    );
  });
});
