/** Reads pages strictly, so that a tag left open or a character that may not stand there fails the test. */
import { SaxesParser } from 'saxes';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** All text within, of elements in it as well. */
  text: string;
}

/** The elements in the order of their opening tags. Throws on anything that is not well-formed. */
export function elementsOf(page: string): readonly Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, text: '' };
    elements.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    for (const element of open) element.text += text;
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(page).close();
  return elements;
}

/** The tags of a page without what is said in them. */
export const skeletonOf = (page: string): readonly string[] =>
  elementsOf(page).map(({ name, attributes }) => `${name} ${Object.keys(attributes).join(' ')}`);
