/** Elements by one call each. Texts are always texts: nothing a program or its name says is taken for markup. */

export type Child = Node | string | null | false;

type Attribute = string | number | boolean | null | ((event: Event) => void);

/** `onclick` and the like are listeners; null and false leave an attribute out, true gives it no value. */
export type Attributes = Readonly<Record<string, Attribute>>;

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return dress(document.createElement(tag), attributes, children);
}

export function drawing<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return dress(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function dress<Node extends Element>(node: Node, attributes: Attributes, children: readonly Child[]): Node {
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  for (const child of children) if (child !== null && child !== false) node.append(child);
  return node;
}

export function setAttribute(node: Element, name: string, value: Attribute): void {
  if (typeof value === 'function') node.addEventListener(name.slice(2), value);
  else if (value === null || value === false) node.removeAttribute(name);
  else {
    const text = value === true ? '' : String(value);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

/** Touches the document only where something is different, so that what somebody selects or hears stays as it is. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function fill(node: Element, ...children: readonly Child[]): void {
  node.replaceChildren(...children.filter((child) => child !== null && child !== false));
}
