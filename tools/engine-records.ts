import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ContainersRecord } from '../src/record/containers.ts';
import { readContainers } from '../src/load/read.ts';

/** The records of container engines in a folder of reports, in the order of their names. @throws BadRecord */
export function engineRecords(reports: string): ContainersRecord[] {
  return readdirSync(reports)
    .toSorted()
    .map((engine) => path.join(reports, engine, 'containers.json'))
    .filter(existsSync)
    .map((file) => readContainers(readFileSync(file, 'utf8'), file));
}
