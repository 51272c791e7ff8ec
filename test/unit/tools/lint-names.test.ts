import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { folder } from '../../support/cli.ts';

const LINTER = fileURLToPath(new URL('../../../tools/lint-names.mjs', import.meta.url));

/** What the linter reports about a tree, without the allowed names that this tree does not have. */
async function complaints(files: Readonly<Record<string, string>>): Promise<string[]> {
  const top = folder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(top, name)), { recursive: true });
    writeFileSync(path.join(top, name), text);
  }
  const { stderr } = await execa(process.execPath, [LINTER, top], { reject: false });
  return stderr.split('\n').filter((line) => line !== '' && !line.includes('take it off the list'));
}

test('a name that two files export is reported with both, whatever it is the name of', async () => {
  const one = 'export interface Place {}\nexport async function look(): Promise<void> {}\n';
  const two = 'export type Place = string;\nexport const look = 1;\nconst Place2 = 1;\n';
  expect(await complaints({ 'src/a/one.ts': one, 'src/b/two.ts': two })).toEqual([
    "'Place' is exported by src/a/one.ts and src/b/two.ts: merge them, or rename one",
    "'look' is exported by src/a/one.ts and src/b/two.ts: merge them, or rename one",
  ]);
});

test('names within a file, exported again, or of overloads do not count as a second meaning', async () => {
  const one = 'export function look(a: 1): void;\nexport function look(a: 2): void;\n';
  const two = "export { look } from '../a/one.ts';\nfunction local() {}\n";
  expect(
    await complaints({ 'src/a/one.ts': one, 'src/b/two.ts': two, 'src/c/three.ts': 'function local() {}\n' }),
  ).toEqual([]);
});

test('this repository has none but those on the list, and the list has none that is no longer needed', async () => {
  const { exitCode, stderr } = await execa(process.execPath, [LINTER], { reject: false });
  expect([exitCode, stderr]).toEqual([0, '']);
});
