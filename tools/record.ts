/**
 * Records this platform for the project, which is the one way to change what is committed under `reports/`: runs the whole
 * suite and the matrix into that folder, and makes the comparison, the page and the badges of all records there again. On
 * the machine's own system it also runs the matrix' triples and receivers, which would take other stacks too long.
 *
 *     npm run record -- [OPTIONS]
 *
 * The options are those that `run` and `matrix` share, such as `--lab host` or `--stack gvisor`. What went against
 * expectations is recorded as well; where a command could not do its work, the rest is left.
 */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const CLI = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const REPORTS = 'reports';
const options = process.argv.slice(2);
const own = !options.includes('--stack');

for (const words of [
  ['run', ...options, '--reports', REPORTS],
  ['matrix', ...options, '--reports', REPORTS],
  ...(own ? ['--triples', '--receivers'].map((block) => ['matrix', block, ...options, '--reports', REPORTS]) : []),
  ['report', REPORTS, '--output', REPORTS],
]) {
  const { exitCode = 3 } = await execa(process.execPath, [CLI, ...words], { stdio: 'inherit', reject: false });
  if (exitCode > 1) {
    process.exitCode = exitCode;
    break;
  }
}
