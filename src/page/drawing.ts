import type { PagePlatform } from '../report/page/data.ts';
import type { ScenePart } from '../report/page/scene.ts';
import { drawingOf } from '../report/drawing/drawing.ts';
import type { Drawn } from '../report/drawing/tree.ts';
import { svg } from './h.ts';

/** The drawing of a scene as an element of the page; null where nothing is bound or asked. */
export function drawing(parts: readonly ScenePart[], { lab }: PagePlatform): SVGElement | null {
  const made = drawingOf(parts, lab);
  return made && elementOf(made);
}

function elementOf({ tag, attributes, children }: Drawn): SVGElement {
  return svg(
    tag,
    attributes,
    children.map((child) => (typeof child === 'string' ? child : elementOf(child))),
  );
}
