/**
 * Judges the committed records of container engines again by the rules of today, and writes them and their pages. Records of folders
 * that are named, for example of a run of a few configurations, are merged into them first: what they have of a configuration
 * takes the place of what was there. A record of an engine that has none yet is added.
 *
 *     npm run judged -- [FOLDER...]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { containersFiles } from '../src/cli/write-reports.ts';
import { judgedAgain, mergedRecord } from '../src/containers/merge.ts';
import { engineRecords } from './engine-records.ts';

const REPORTS = 'reports';
const all = new Map(engineRecords(REPORTS).map((record) => [record.engine.id, judgedAgain(record)]));

for (const newer of process.argv.slice(2).flatMap((folder) => engineRecords(folder))) {
  const { id } = newer.engine;
  const older = all.get(id);
  const merged = older === undefined ? judgedAgain(newer) : mergedRecord(older, newer)?.record;
  if (merged === undefined) process.stderr.write(`${id}: another version, ${newer.engine.version}, is left out\n`);
  else all.set(id, merged);
}

for (const [id, record] of all) {
  mkdirSync(path.join(REPORTS, id), { recursive: true });
  for (const [name, content] of Object.entries(containersFiles(record))) {
    writeFileSync(path.join(REPORTS, id, name), content);
  }
}
