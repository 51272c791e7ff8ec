// Writes the pages of the questions; `npm run pages` builds and runs it. The tests fail when they are out of date.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadRegistry } from '../src/experiment/registry.ts';
import { questionPages } from './question-pages.ts';
import { runRecords } from './run-records.ts';

const FOLDER = 'docs/questions';

const files = questionPages(await loadRegistry(), runRecords('reports'));
// A question that is there no more leaves no page.
rmSync(FOLDER, { recursive: true, force: true });
for (const [name, content] of files) {
  const file = path.join(FOLDER, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}
