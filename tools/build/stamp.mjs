import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What `dist` is made from, below the root of the project. */
const SOURCES = [
  'src',
  'suites',
  'bench',
  'tools',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.types.json',
  'package.json',
];
const STAMP = 'stamp.json';

/**
 * What a build depends on, as two hashes: the sources, and the installed tools and libraries. The second is null where
 * the tools are not installed.
 */
export function inputsOf(root) {
  const files = SOURCES.flatMap((name) => filesBelow(path.join(root, name)));
  const hash = createHash('sha256');
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${path.relative(root, file).split(path.sep).join('/')} ${content.length}\n`).update(content);
  }
  return { sources: hash.digest('hex'), tools: versionsOf(root) };
}

/** Whether a folder was built from these inputs, and has every file that was made. */
export function isCurrent(dist, { sources, tools }) {
  let stamp;
  try {
    stamp = JSON.parse(readFileSync(path.join(dist, STAMP), 'utf8'));
  } catch {
    return false;
  }
  if (stamp.sources !== sources || (tools !== null && stamp.tools !== tools)) return false;
  return Object.entries(stamp.files).every(
    ([file, size]) => statSync(path.join(dist, file), { throwIfNoEntry: false })?.size === size,
  );
}

/** Notes in a folder what it was built from, and what it has. */
export function writeStamp(stage, inputs) {
  const files = Object.fromEntries(
    filesBelow(stage).map((file) => [path.relative(stage, file).split(path.sep).join('/'), statSync(file).size]),
  );
  writeFileSync(path.join(stage, STAMP), JSON.stringify({ ...inputs, files }));
}

/** The versions of all packages that the manifest names, as they are installed; null where the compiler is not. */
function versionsOf(root) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const manifest = (name) => path.join(root, 'node_modules', name, 'package.json');
  if (!['typescript', 'rolldown'].every((tool) => existsSync(manifest(tool)))) return null;
  const hash = createHash('sha256');
  for (const name of Object.keys({ ...dependencies, ...devDependencies }).toSorted()) {
    const file = manifest(name);
    hash.update(`${name} ${existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : 'none'}\n`);
  }
  return hash.digest('hex');
}

/** All files below a folder, or the file itself, sorted; none where it is not there. */
function filesBelow(start) {
  if (!existsSync(start)) return [];
  if (!statSync(start).isDirectory()) return [start];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();
}
