/**
 * A small XML document → its elements. Strict and bounded: no document type, hence no entities but XML's own five and no
 * external references, and no more elements or nesting than the limits allow. Attributes, comments and instructions are
 * read over.
 */

import { SaxesParser } from 'saxes';

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** All text directly inside, line ends as XML wants them. */
  readonly text: string;
}

export interface XmlLimits {
  /** Elements inside each other. */
  readonly maxDepth: number;
  readonly maxElements: number;
}

/** The bytes are not what they should be; `message` completes "the document …". */
export class XmlProblem extends Error {
  override readonly name = 'XmlProblem';
}

/** Throws `XmlProblem`. */
export function parseXml(document: string, limits: XmlLimits): XmlElement {
  const top: OpenElement = { name: '', children: [], text: '' };
  const open: OpenElement[] = [top];
  let count = 0;
  const parser = new SaxesParser({ position: false });
  parser.on('error', (error) => {
    throw new XmlProblem(`is not well-formed: ${error.message}`);
  });
  parser.on('doctype', () => {
    throw new XmlProblem('has a document type, which is not accepted');
  });
  parser.on('opentag', ({ name }) => {
    count += 1;
    if (count > limits.maxElements) throw new XmlProblem('has too many elements');
    if (open.length > limits.maxDepth) throw new XmlProblem('is nested too deeply');
    const element: OpenElement = { name, children: [], text: '' };
    innermost(open).children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  const addText = (text: string): void => {
    innermost(open).text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(document).close();
  const [root] = top.children;
  if (root === undefined) throw new XmlProblem('is empty');
  return root;
}

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

function innermost(open: readonly OpenElement[]): OpenElement {
  const last = open.at(-1);
  if (last === undefined) throw new XmlProblem('closes more elements than it opens');
  return last;
}
