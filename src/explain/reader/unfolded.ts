/**
 * A text whose blocks and directives each have a line of their own, where a configuration of nginx was written on one line:
 * `server { listen 80; listen [::]:80; }`. Other texts stay the same.
 */
export function unfolded(text: string): string {
  return text
    .split('\n')
    .map((line) => (isFolded(line) ? line.replaceAll(/([;{}])\s*(?=\S)/g, '$1\n') : line))
    .join('\n');
}

/** Whether a line has a directive `listen` with its semicolon, and more beside it. */
function isFolded(line: string): boolean {
  return /(?:^|[\s{};])listen\s+[^;{}]+;/.test(line) && !/^\s*listen\s+[^;{}]+;\s*(?:#.*)?$/.test(line);
}

/** Whether a line only begins or ends a block of nginx: `server {`, `}`. */
export function isBlockMark(line: string): boolean {
  return /^\s*(?:(?:server|http|stream|events|mail|location\b[^{};]*)\s*\{|\})\s*$/.test(line);
}
