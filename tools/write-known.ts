// Writes what the committed records observed on other systems into `suites/known/`; `npm run known` builds and runs it. A test
// fails when it is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { cellsOf } from '../src/experiment/cells.ts';
import { loadRegistry } from '../src/experiment/registry.ts';
import { recordedBy, recordedModule } from '../src/verdict/recorded.ts';
import { runRecords } from './run-records.ts';

const registry = await loadRegistry();
const cells = registry.flatMap(cellsOf);
const recorded = runRecords('reports')
  .filter(({ platform }) => platform.system !== 'linux')
  .map((record) => recordedBy(record, cells));
write('suites/known/_recorded.ts', recordedModule(recorded));

function write(file: string, text: string): void {
  const isCurrent = text === readFileSync(file, 'utf8');
  if (!isCurrent) writeFileSync(file, text);
  process.stdout.write(`${isCurrent ? 'up to date' : 'rewritten '}  ${file}\n`);
}
