import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readRecord } from '../src/load/read.ts';
import type { BindRecord } from '../src/record/record.ts';

/** The records of whole runs in a folder of reports, in the order of their folders. */
export function runRecords(reports: string): BindRecord[] {
  return readdirSync(reports, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'record.json')
    .toSorted()
    .map((file) => readRecord(readFileSync(path.join(reports, file), 'utf8'), file));
}
