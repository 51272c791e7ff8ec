/**
 * Judges a record of a run again by the expectations of today, and writes it among the committed ones: for runs that take too
 * long to be repeated after an expectation was mended.
 *
 *     node dist/tools/judge-run-record.js RECORD REPORTS
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { writeRun } from '../src/cli/write-reports.ts';
import { cellsOf } from '../src/experiment/cells.ts';
import { SYSTEMS } from '../src/experiment/experiment.ts';
import { loadRegistry } from '../src/experiment/registry.ts';
import { readRecord } from '../src/load/read.ts';
import { versionOf } from '../src/model/linux-kernel.ts';
import { blank } from '../src/runner/run-cell.ts';
import { evidenceOf, judgeClaims } from '../src/verdict/claims.ts';
import { judge } from '../src/verdict/judge.ts';

const [file = '', reports = ''] = process.argv.slice(2);
const record = readRecord(readFileSync(file, 'utf8'), file);
const system = SYSTEMS.find((one) => one === record.platform.system);
if (system === undefined) throw new Error(`${file}: nothing is known of the system ${record.platform.system}`);
const platform = { system, version: versionOf(record.platform) };
const known = new Map((await loadRegistry()).flatMap(cellsOf).map((cell) => [cell.id, cell]));

const cells = record.cells.map((old) => {
  const cell = known.get(old.id);
  if (cell === undefined || old.observation === undefined) return old;
  const { observation, transcript, duration, attempts } = old;
  const judgement = judge(cell, platform.system, platform.version, observation);
  const claims = evidenceOf(cell, observation);
  return { ...blank(cell, platform), ...judgement, observation, claims, transcript, duration, attempts };
});
const { files } = await writeRun(reports, { ...record, cells, claims: judgeClaims(cells) });
process.stdout.write(`${files.join('\n')}\n`);
