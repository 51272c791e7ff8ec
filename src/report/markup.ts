import { visible } from '../text/visible.ts';

// Text from a record on a page of Markdown. It must read as it is and can be no markup: neither HTML, nor Markdown's
// own, nor the end of a table's cell.

/** A word that a code span can hold without any escape, in a table too. */
const PLAIN_CODE = /^(?! )[^`|\\]+(?<! )$/;

/** As running text, in a paragraph or a table's cell. */
export function text(value: string): string {
  return html(value).replace(/[\\`*_~[\]|$#!]|^[-+=]|^\d+(?=[.)](?: |$))/g, (found) =>
    /^\d/.test(found) ? `${found}\\` : `\\${found}`,
  );
}

/** As code within a line or a table's cell. */
export function code(value: string): string {
  const shown = visible(value);
  if (PLAIN_CODE.test(shown)) return `\`${shown}\``;
  // There is no code span for all of these in a table; character references are never taken for markup.
  const escaped = shown.replace(/[!-'*+<>?@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<code>${escaped}</code>`;
}

/** As the text of an HTML element, where Markdown is not read. */
export function html(value: string): string {
  return visible(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** As a block of code. The lines are taken as they are, so what is in them must be visible. */
export function block(lines: readonly string[]): string {
  const longest = lines.flatMap((line) => line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...lines, fence].join('\n');
}

/** A table; its cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Something to open: a summary in HTML, and Markdown within. */
export function details(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** A section of a page: its heading and its parts, which are Markdown already; nothing where there are none. */
export function section(title: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`## ${title}`, ...parts];
}
