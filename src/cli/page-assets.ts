import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { OWN_PACKAGE } from '../process/own-package.ts';
import type { Assets } from '../report/page/html.ts';

/** The folder of what `npm run build` makes for the page, beside `dist/src`. */
const HOME = path.join(OWN_PACKAGE.folder, 'dist', 'page');

/** The script and the style of the page, as they are built. */
export function pageAssets(): Assets {
  const [script, style] = ['page.js', 'page.css'].map((name) => readFileSync(path.join(HOME, name), 'utf8')) as [
    string,
    string,
  ];
  // What a script may hold as text must not end the element that it is in.
  const safe = script
    .replaceAll('</script', String.raw`<\/script`)
    .replaceAll('<!--', String.raw`<\!--`)
    .trim();
  return { script: safe, style, hashes: { script: hash(safe), style: hash(style) } };
}

/** Packs a text for the page: deflated (raw), in base64. */
export function packed(text: string): string {
  return deflateRawSync(text, { level: 9 }).toString('base64');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
