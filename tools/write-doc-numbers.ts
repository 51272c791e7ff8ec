// Writes the numbers of experiments and cells into the documentation; `npm run pages` builds and runs it. The tests fail
// when a page is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { loadRegistry } from '../src/experiment/registry.ts';
import { numberPlaces, withNumbers } from './doc-numbers.ts';

const places = await numberPlaces(await loadRegistry());
for (const file of new Set(places.map((one) => one.file))) {
  const before = readFileSync(file, 'utf8');
  const after = withNumbers(before, file, places);
  if (after === before) continue;
  writeFileSync(file, after);
  process.stdout.write(`rewrote the numbers in ${file}\n`);
}
