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
import { CONFIGURATIONS } from '../src/containers/configurations.ts';
import { promisesOf } from '../src/containers/promises.ts';
import { securityOf } from '../src/containers/security.ts';
import { containersFiles } from '../src/cli/write-reports.ts';
import type { ConfigurationRecord, ContainersRecord } from '../src/record/containers.ts';
import { engineRecords } from './engine-records.ts';

const REPORTS = 'reports';
const more = process.argv.slice(2).flatMap((folder) => engineRecords(folder));

for (const record of engineRecords(REPORTS)) {
  const others = more.filter(({ engine }) => engine.id === record.engine.id);
  const configurations = others.reduce((all, other) => merged(all, other.configurations), record.configurations);
  const reasons = new Map([
    ...record.security.map(({ id, known }) => [id, known] as const),
    ...record.promises.map(({ id, deviation }) => [id, deviation] as const),
  ]);
  const judged: ContainersRecord = {
    ...record,
    started: others.at(-1)?.started ?? record.started,
    security: configurations
      .flatMap((one) => securityOf(one, record.engine))
      .map((one) => withReason(one, 'known', one.verdict === 'exposed' ? reasons.get(one.id) : undefined)),
    promises: configurations
      .flatMap((one) => promisesOf(one, record.engine))
      .map((one) => withReason(one, 'deviation', one.broken.length > 0 ? reasons.get(one.id) : undefined)),
    configurations,
  };
  for (const [name, content] of Object.entries(containersFiles(judged))) {
    writeFileSync(path.join(REPORTS, record.engine.id, name), content);
  }
}

function merged(all: readonly ConfigurationRecord[], others: readonly ConfigurationRecord[]): ConfigurationRecord[] {
  const added = others.filter(({ id }) => !all.some((one) => one.id === id));
  const place = ({ id }: ConfigurationRecord) => CONFIGURATIONS.findIndex((one) => one.id === id);
  return [...all.map((one) => others.find(({ id }) => id === one.id) ?? one), ...added].toSorted(
    (one, other) => place(one) - place(other),
  );
}

function withReason<T extends object>(verdict: T, name: string, reason: string | undefined): T {
  return reason === undefined ? verdict : { ...verdict, [name]: reason };
}
