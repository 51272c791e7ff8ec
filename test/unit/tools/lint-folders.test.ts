import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { folder } from '../../support/cli.ts';

const LINTER = fileURLToPath(new URL('../../../tools/lint-folders.mjs', import.meta.url));

async function lint(files: Readonly<Record<string, string>>) {
  const top = folder();
  for (const [name, text] of Object.entries({ 'suites/one.ts': '', ...files })) {
    mkdirSync(path.dirname(path.join(top, name)), { recursive: true });
    writeFileSync(path.join(top, name), text);
  }
  return execa(process.execPath, [LINTER, top], { reject: false });
}

test('folders that import one another in a circle are named with the imports, though no files do', async () => {
  const { exitCode, stderr } = await lint({
    'src/lab/one.ts': "import { two } from '../runner/two.ts';",
    'src/runner/two.ts': '',
    'src/runner/deep/three.ts': "import type { four } from '../../lab/four.ts';",
    'src/lab/four.ts': '',
  });
  expect(exitCode).toBe(1);
  expect(stderr.split('\n').slice(1, 3)).toEqual([
    '  src/lab/one.ts imports src/runner/two.ts',
    '  src/runner/deep/three.ts imports src/lab/four.ts',
  ]);
});

test('folders that import in one direction, and files within one folder, are fine', async () => {
  const { exitCode } = await lint({
    'src/lab/one.ts': "import { two } from '../runner/two.ts';\nimport { three } from './three.ts';",
    'src/lab/three.ts': "import type { one } from './one.ts';",
    'src/runner/two.ts': "import { shorten } from '../text/shorten.ts';",
    'src/text/shorten.ts': '',
  });
  expect(exitCode).toBe(0);
});
