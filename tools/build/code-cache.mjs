import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** Short command lines that load most pieces; the first that loads a piece decides which functions its cache has. */
const RECORDED = [
  ['explain', 'tcp :80', 'tcp 127.0.0.1:80'],
  ['list'],
  // It loads what a run needs, and then there is no such cell.
  ['run', 'no-such-cell'],
];

/**
 * Makes the code cache of the pieces of a build, and has the command load it. It is for the Node.js that builds: with
 * another one the command is as fast as without. @throws Error when the files can't be written
 */
export function makeCodeCache(compiled, to) {
  const src = path.join(to, 'src');
  copyFileSync(path.join(compiled, 'src/cli/code-cache.cjs'), path.join(src, 'cli/code-cache.cjs'));
  mkdirSync(path.join(src, 'code-cache'));
  for (const words of RECORDED) record(src, words);
  // Before the pieces, and after the line that names Node.js.
  const command = path.join(src, 'cli/main.js');
  writeFileSync(command, readFileSync(command, 'utf8').replace('\n', '\nrequire("./code-cache.cjs");\n'));
}

function record(src, words) {
  try {
    execFileSync(process.execPath, [path.join(import.meta.dirname, 'record-code.cjs'), src, ...words], {
      stdio: 'ignore',
    });
  } catch {
    // A command line that ends with another exit code than 0 has written its part; one that can't run here has none.
  }
}
