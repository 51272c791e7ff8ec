import { visible } from '../text/visible.ts';

/** What an element has in it. Whatever is text becomes a text node and nothing else, so no record can bring markup. */
export type Child = Node | string | number | null | undefined | false | readonly Child[];

/** Attributes by their names; those that are `undefined`, `null` or `false` are left out, `true` is an empty one. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** An element of HTML with attributes and children. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children);
}

const SVG = 'http://www.w3.org/2000/svg';

/** An element of SVG, likewise. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** Puts other children into an element. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(...nodes(children));
}

function filled<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...nodes(children));
  return element;
}

function nodes(children: readonly Child[]): Node[] {
  return children.flatMap((child): Node[] => {
    if (child === null || child === undefined || child === false) return [];
    if (child instanceof Node) return [child];
    if (typeof child === 'string' || typeof child === 'number')
      return [document.createTextNode(visible(String(child)))];
    return nodes(child);
  });
}
