import { visible } from '../text/visible.ts';

export type BadgeColour = 'brightgreen' | 'yellow' | 'red' | 'lightgrey';

/** A badge in the shape that shields.io reads from an address: https://shields.io/badges/endpoint-badge. */
export interface Badge {
  schemaVersion: 1;
  label: string;
  message: string;
  color: BadgeColour;
}

/** Dark enough for white text on them to be read (4.5:1, WCAG 2.2, 1.4.3), which the colours of these names are not. */
const FILL: Record<BadgeColour, string> = {
  brightgreen: '#1a7f37',
  yellow: '#8a6100',
  red: '#c62828',
  lightgrey: '#616161',
};
const LABEL_FILL = '#424242';
const HEIGHT = 20;
const PADDING = 6;
/** Longer texts are cut: a badge stands in a line of text. */
const LONGEST = 60;

/** A badge. What can't be seen in its texts is shown as an escape. */
export function badgeOf(label: string, message: string, color: BadgeColour): Badge {
  return { schemaVersion: 1, label: short(label), message: short(message), color };
}

/** A badge as an image that needs nothing from elsewhere, and says to a screen reader what it shows. */
export function badgeSvg({ label, message, color }: Badge): string {
  const [left, right] = [widthOf(label), widthOf(message)].map((width) => width + 2 * PADDING) as [number, number];
  const title = escaped(`${label}: ${message}`);
  const word = (value: string, x: number, width: number) =>
    `<text x="${x}" y="14" textLength="${width - 2 * PADDING}" lengthAdjust="spacingAndGlyphs">${escaped(value)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="${HEIGHT}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<rect width="${left}" height="${HEIGHT}" fill="${LABEL_FILL}"/>`,
    `<rect x="${left}" width="${right}" height="${HEIGHT}" fill="${FILL[color]}"/>`,
    '<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">',
    word(label, PADDING, left),
    word(message, left + PADDING, right),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** About the width of a text in Verdana of 11 pixels; the image then stretches the text to this. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[ijl.,:;|!'()[\]]/.test(character)) width += 4;
    else if (/[mwMW@%]/.test(character)) width += 10;
    else if (character > '\u2E7F') width += 11;
    else width += /[A-Z\d]/.test(character) ? 7.2 : 6.5;
  }
  return Math.max(Math.round(width), 1);
}

function short(text: string): string {
  const shown = visible(text);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}

function escaped(text: string): string {
  const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (character) => named[character] ?? '');
}
