/**
 * Judges the committed records of container engines again by the rules of today, and writes them and their pages. Records of folders
 * that are named, for example of a run of a few configurations, are merged into them first: what they have of a configuration
 * takes the place of what was there.
 *
 *     npm run judged -- [FOLDER...]
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { containersFiles } from '../src/cli/write-reports.ts';
import { judgedAgain, mergedRecord } from '../src/containers/merge.ts';
import { engineRecords } from './engine-records.ts';

const REPORTS = 'reports';
const more = process.argv.slice(2).flatMap((folder) => engineRecords(folder));

for (const record of engineRecords(REPORTS)) {
  const others = more.filter(({ engine }) => engine.id === record.engine.id);
  const judged = others.reduce((older, newer) => mergedRecord(older, newer)?.record ?? older, judgedAgain(record));
  for (const [name, content] of Object.entries(containersFiles(judged))) {
    writeFileSync(path.join(REPORTS, record.engine.id, name), content);
  }
}
