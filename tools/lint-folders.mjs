/**
 * Fails when the folders of `src/` and `suites/` import one another in a circle, and names the imports of the shortest one.
 * oxlint's `import/no-cycle` sees circles of files only; files can be free of them while their folders form a knot.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [top = root] = process.argv.slice(2);
const SPECIFIER = /(?:from|import\()\s*'(?<to>\.{1,2}\/[^']+)'/g;

/** For each folder the folders that it imports from, each with the first import that does. */
const imports = new Map();
for (const file of filesOf('src').concat(filesOf('suites'))) {
  const from = folderOf(file);
  if (!imports.has(from)) imports.set(from, new Map());
  for (const { groups } of readFileSync(path.join(top, file), 'utf8').matchAll(SPECIFIER)) {
    const imported = path.normalize(path.join(path.dirname(file), groups.to));
    const to = folderOf(imported);
    if (to !== from && !imports.get(from).has(to)) imports.get(from).set(to, `${file} imports ${imported}`);
  }
}

const circle = [...imports.keys()]
  .map(shortestCircle)
  .filter((found) => found !== undefined)
  .toSorted((one, other) => one.length - other.length)[0];
if (circle !== undefined) {
  process.stderr.write(
    `These folders import one another in a circle:\n${circle.map((line) => `  ${line}\n`).join('')}`,
  );
  process.exitCode = 1;
}

/** A folder of `src/`, or `suites/` as a whole. */
function folderOf(file) {
  const [first, second = ''] = file.split(path.sep);
  return first === 'src' ? `${first}/${second}` : first;
}

function filesOf(folder) {
  return readdirSync(path.join(top, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.c?ts$/.test(name))
    .map((name) => path.join(folder, name));
}

/** The imports by which one gets from a folder back to it in the fewest steps; undefined where none do. */
function shortestCircle(start) {
  const ways = [[start, []]];
  const seen = new Set();
  for (const [folder, steps] of ways) {
    for (const [to, step] of imports.get(folder) ?? []) {
      if (to === start) return [...steps, step];
      if (!seen.has(to)) ways.push([to, [...steps, step]]);
      seen.add(to);
    }
  }
  return undefined;
}
