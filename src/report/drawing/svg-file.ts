import { html } from '../markup.ts';
import type { Drawn } from './tree.ts';

/** How a drawing looks where no page gives it a style, in the light and in the dark. */
const STYLE = `
svg { font: 11.5px ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
text { fill: #1b1e24; white-space: pre; }
.title { font-weight: 700; fill: #565d69; }
.part, .came { font-weight: 700; }
.came { text-anchor: end; }
.host rect { fill: #f5f6f8; stroke: #d5d9e0; }
.card rect { fill: #ffffff; stroke: #9aa2af; }
.arrow { fill: none; stroke: #1b1e24; stroke-width: 1.5; }
.lost { stroke-dasharray: 2 5; }
.head { fill: #1b1e24; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e8ec; }
  .title { fill: #a3abb8; }
  .host rect { fill: #1f2229; stroke: #383d47; }
  .card rect { fill: #16181d; stroke: #6a7280; }
  .arrow { stroke: #e6e8ec; }
  .head { fill: #e6e8ec; }
}
`;

/** A drawing as the text of an SVG file that stands alone. What a record brought into it is text and never markup. */
export function svgFile(drawing: Drawn): string {
  const [title = '', ...others] = drawing.children.map(textOf);
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', ...drawing.attributes };
  return `<svg${attributesOf(attributes)}>${title}<style>${STYLE}</style>${others.join('')}</svg>\n`;
}

function textOf(child: Drawn | string): string {
  if (typeof child === 'string') return html(child);
  const { tag, attributes, children } = child;
  return `<${tag}${attributesOf(attributes)}>${children.map(textOf).join('')}</${tag}>`;
}

function attributesOf(attributes: Drawn['attributes']): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${html(String(value)).replaceAll('"', '&quot;')}"`)
    .join('');
}
