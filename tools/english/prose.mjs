/** The prose of a file: what people read, and none of the code. */
import { parseSync } from 'rolldown/utils';

/**
 * @typedef {object} Prose
 * @property {'markdown' | 'comment' | 'text'} kind
 * @property {number} line where it begins
 * @property {string} text with the lines of the file, so that a place in it has a line
 */

/** @param {string} file @param {string} text @returns {Prose[]} */
export function proseOf(file, text) {
  return file.endsWith('.md') ? inMarkdown(text) : inCode(file, text);
}

/** Paragraphs, items and rows of tables; blocks of code, and code within a line, are a word that says nothing. */
function inMarkdown(text) {
  const prose = blank(text, /^(?<fence> *(?:```|~~~)).*?^\k<fence>/gms).replaceAll(/`[^`\n]+`/g, code);
  return [...prose.matchAll(/(?:^(?!\s*$).*\n?)+/gm)].flatMap(({ 0: paragraph, index }) =>
    splitRows(paragraph).map(({ row, at }) => ({
      kind: 'markdown',
      line: lineAt(text, index + at),
      text: row,
    })),
  );
}

/** A table's rows and a list's items are read one by one, and a paragraph as a whole. */
function splitRows(paragraph) {
  const starts = [...paragraph.matchAll(/^(?=\s*(?:\||[-*] |\d+\. |#))/gm)].map(({ index }) => index);
  const all = [...new Set([0, ...starts])];
  return all.map((at, place) => ({ at, row: paragraph.slice(at, all[place + 1]) }));
}

/** Comments, those of one line after the other as one, and strings of more than a word. */
function inCode(file, text) {
  const { comments, program } = parseSync(file, text);
  const found = [];
  for (const { type, start, end } of comments) {
    const last = found.at(-1);
    if (type === 'Line' && last?.type === 'Line' && /^\n[ \t]*$/.test(text.slice(last.end, start))) last.end = end;
    else found.push({ kind: 'comment', type, start, end });
  }
  for (const { start, end } of strings(program)) {
    if (/\S\s+\S/.test(text.slice(start, end))) found.push({ kind: 'text', start, end });
  }
  return found.map(({ kind, start, end }) => ({
    kind,
    line: lineAt(text, start),
    text: plain(text.slice(start, end), kind),
  }));
}

/** Every string and every part of a template, wherever it is in the program. */
function* strings(node) {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const one of node) yield* strings(one);
    return;
  }
  if ((node.type === 'Literal' && typeof node.value === 'string') || node.type === 'TemplateElement') yield node;
  for (const one of Object.values(node)) yield* strings(one);
}

function plain(text, kind) {
  if (kind === 'text') return text.replaceAll(/^['"`]|['"`]$/g, '');
  const bare = text.replaceAll(/^\/\*\*? ?|\s*\*\/$/g, '').replaceAll(/^[ \t]*(?:\/\/|\*) ?/gm, '');
  return bare.replaceAll(/`[^`\n]+`/g, code);
}

const code = (text) => 'x'.repeat(text.length);

function blank(text, pattern) {
  return text.replaceAll(pattern, (found) => found.replaceAll(/[^\n]/g, ' '));
}

function lineAt(text, index) {
  return text.slice(0, index).split('\n').length;
}
