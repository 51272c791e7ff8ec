/**
 * Fails for turns of phrase that make a reader stop (`tools/english/patterns.mjs`), in Markdown, and in the comments and the
 * strings of code. Names each with its place and with what to write instead.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { PATTERNS } from './english/patterns.mjs';
import { proseOf } from './english/prose.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Another folder to search, all of it, for the test of this. */
const [given] = process.argv.slice(2);
const top = given ?? root;

/** What is searched, as far as it is there. */
const PLACES = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'docs',
  'docker',
  'src',
  'suites',
  'bench',
  'tools',
  '.ci',
  'test',
];

/** Pages made from the strings of code, which are searched there; restated documents; and the patterns with their test. */
const LEFT_OUT = [
  'docs/models',
  'docs/commands.md',
  'docs/engines.md',
  'docs/questions',
  'src/documents',
  'tools/english/patterns.mjs',
  'test/unit/tools/lint-english.test.ts',
];

const searched = PATTERNS.map((pattern) => ({ ...pattern, words: overLines(pattern.words) }));

const isIn = (file, places) => places.some((place) => file === place || file.startsWith(`${place}/`));
const lines = PLACES.flatMap(filesOf)
  .filter((file) => !isIn(file, LEFT_OUT))
  .flatMap((file) =>
    proseOf(file, readFileSync(path.join(top, file), 'utf8')).flatMap((prose) => complaints(file, prose)),
  );
if (lines.length > 0) {
  process.stderr.write(`${lines.join('\n')}\n${lines.length} turns of phrase to put in plain words\n`);
  process.exitCode = 1;
}

/** The same pattern, all over a text whose lines are wrapped: each space in it is any white space. */
function overLines({ source, flags }) {
  return new RegExp(source.replaceAll(/(?<!\[[^\]]*) /g, String.raw`\s+`), `${flags}g`);
}

function complaints(file, { kind, line, text }) {
  return searched
    .filter((pattern) => pattern.in === undefined || pattern.in.includes(kind))
    .flatMap(({ words, name, write }) =>
      [...text.matchAll(words)].map(({ 0: found, index }) => {
        const begin = index + (found.length - found.trimStart().length);
        const at = line + text.slice(0, begin).split('\n').length - 1;
        return `${file}:${at}: ${name}: "${found.trim().replaceAll(/\s+/g, ' ').slice(0, 60)}"; write ${write}`;
      }),
    );
}

/** Every file of prose in a place, as paths from the top; the place itself where it is such a file. */
function filesOf(place) {
  const at = path.join(top, place);
  if (!existsSync(at)) return [];
  const names = statSync(at).isDirectory() ? readdirSync(at, { recursive: true, encoding: 'utf8' }) : [''];
  return names
    .map((name) => path.posix.join(place, name.replaceAll(path.sep, '/')))
    .filter((file) => /\.(?:md|c?ts|mjs)$/.test(file) && !/\/(?:node_modules|golden)\//.test(file))
    .toSorted();
}
