import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

/** Compiles the sources by `tsc` into a folder, which says itself what is wrong with them. Returns whether it did. */
export async function compile(root, to) {
  const manifest = createRequire(path.join(root, 'package.json')).resolve('typescript/package.json');
  const tsc = path.join(path.dirname(manifest), 'bin', 'tsc');
  const words = [tsc, '-p', path.join(root, 'tsconfig.build.json'), '--outDir', to];
  // What tsc says is for who builds. stdout is not for it: `npm pack --json` prints its own there.
  const child = spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 2, 2] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}
