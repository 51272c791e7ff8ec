// Writes what is made of the experiments and of the committed records: what other systems observed, for `suites/known/`, and
// the numbers of cells in `docs/`; `npm run known` builds and runs it. The tests fail when one of them is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { cellsOf } from '../src/experiment/cells.ts';
import { loadRegistry } from '../src/experiment/registry.ts';
import { recordedBy, recordedModule } from '../src/verdict/recorded.ts';
import { COUNTED_PAGES } from './counted-pages.ts';
import { runRecords } from './run-records.ts';

const registry = await loadRegistry();
const cells = registry.flatMap(cellsOf);
const recorded = runRecords('reports')
  .filter(({ platform }) => platform.system !== 'linux')
  .map((record) => recordedBy(record, cells));
write('suites/known/_recorded.ts', recordedModule(recorded));

// What the records observed counts for what is judged on their systems.
const now = registry.map((one) => ({ ...one, known: { facts: one.known?.facts ?? [], recorded } })).flatMap(cellsOf);
for (const [file, page] of Object.entries(COUNTED_PAGES)) write(file, await page(readFileSync(file, 'utf8'), now));

function write(file: string, text: string): void {
  const isCurrent = text === readFileSync(file, 'utf8');
  if (!isCurrent) writeFileSync(file, text);
  process.stdout.write(`${isCurrent ? 'up to date' : 'rewritten '}  ${file}\n`);
}
