// Writes what the committed records of other systems observed, for `suites/known/`; `npm run known` builds and runs it.
// The tests fail when it is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { cellsOf } from '../src/experiment/cells.ts';
import { loadRegistry } from '../src/experiment/registry.ts';
import { recordedBy, recordedModule } from '../src/verdict/recorded.ts';
import { runRecords } from './run-records.ts';

const FILE = 'suites/known/_recorded.ts';

const cells = (await loadRegistry()).flatMap(cellsOf);
const records = runRecords('reports').filter(({ platform }) => platform.system !== 'linux');
const written = recordedModule(records.map((record) => recordedBy(record, cells)));
if (written === readFileSync(FILE, 'utf8')) {
  process.stdout.write(`${FILE} is up to date\n`);
} else {
  writeFileSync(FILE, written);
  process.stdout.write(`rewrote ${FILE}\n`);
}
