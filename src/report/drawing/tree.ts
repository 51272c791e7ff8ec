/** The elements of SVG that a drawing is made of. */
type DrawnTag = 'svg' | 'title' | 'desc' | 'defs' | 'marker' | 'path' | 'g' | 'rect' | 'text';

/** An element of a drawing, before it is one of a page's document or text of a file. */
export interface Drawn {
  readonly tag: DrawnTag;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (Drawn | string)[];
}

/** What may stand in an element; lists are taken apart. */
type Child = Drawn | string | readonly Child[];

/** An element of a drawing. An attribute that is undefined is left out. */
export function drawn(
  tag: DrawnTag,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly Child[]
): Drawn {
  const given = Object.entries(attributes).filter((one): one is [string, string | number] => one[1] !== undefined);
  return { tag, attributes: Object.fromEntries(given), children: flat(children) };
}

function flat(children: readonly Child[]): (Drawn | string)[] {
  return children.flatMap((child) => (isList(child) ? flat(child) : [child]));
}

function isList(child: Child): child is readonly Child[] {
  return Array.isArray(child);
}
