import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

/** Compiles the sources by `tsc` into a folder, which says itself what is wrong with them. Returns whether it did. */
export function compile(root, to) {
  return tsc(root, 'tsconfig.build.json', to);
}

/** A file that a declaration imports: all before its ending, its name, and the quote after it. */
const IMPORTED = /((?:from |import\()["'](\.{1,2}\/[^"']*))\.ts(["'])/g;

/**
 * Writes the declarations of the modules that other programs import into a folder, with the comments of their functions,
 * and of what they import. The compiler leaves the names of files as they are in the sources; those in a package end in
 * `.js`. Returns whether it could.
 */
export async function declare(root, to) {
  if (!(await tsc(root, 'tsconfig.types.json', to))) return false;
  const used = new Set();
  const use = (file) => {
    if (used.has(file)) return;
    used.add(file);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll(IMPORTED, '$1.js$3'));
    for (const [, , name] of text.matchAll(IMPORTED)) use(path.join(path.dirname(file), `${name}.d.ts`));
  };
  for (const name of readdirSync(path.join(to, 'library'))) use(path.join(to, 'library', name));
  for (const entry of readdirSync(to, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && !used.has(file)) rmSync(file);
  }
  return true;
}

function tsc(root, project, to) {
  const manifest = createRequire(path.join(root, 'package.json')).resolve('typescript/package.json');
  const program = path.join(path.dirname(manifest), 'bin', 'tsc');
  const words = [program, '-p', path.join(root, project), '--outDir', to];
  // What tsc says is for who builds. stdout is not for it: `npm pack --json` prints its own there.
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 2, 2] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}
