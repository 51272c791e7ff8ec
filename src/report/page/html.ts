import type { FirstData } from './data.ts';
import { tableWithoutScript } from './without-script.ts';

/** What the page is made of beside its data: the script, the style, and what a browser knows each of them by. */
export interface Assets {
  script: string;
  style: string;
  /** SHA-256 of each in base64, by which a browser runs this script and no other. */
  hashes: { script: string; style: string };
}

/**
 * A comparison as one HTML file that needs nothing else. The script is before the packs, so that the first view is there
 * before they are read. All that comes from records is data in elements that no browser
 * runs, in characters that can't end them; the policy in its head forbids any other script and every request.
 * @param packs what is unpacked when it is looked at: deflated (raw), in base64
 */
export function pageHtml(data: FirstData, packs: readonly string[], { script, style, hashes }: Assets): string {
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hashes.script}'`,
    `style-src 'sha256-${hashes.style}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="generator" content="bindspec">
<title>bindspec</title>
<style>${style}</style>
</head>
<body>
<noscript>${tableWithoutScript(data.systems)}</noscript>
<div id="page"></div>
<script type="application/json" id="data">${embedded(data)}</script>
<script>${script}</script>
${packs.map((pack, index) => `<script type="text/plain" id="pack-${index}">${base64(pack)}</script>`).join('\n')}
</body>
</html>
`;
}

/** As JSON in which nothing can end the element that it is in. */
function embedded(data: FirstData): string {
  return JSON.stringify(data).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @throws RangeError for text that is not base64, so that nothing else can get in this way. */
function base64(text: string): string {
  if (!/^[\w+/=]*$/.test(text)) throw new RangeError('a pack must be base64');
  return text;
}
