import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readRecord } from '../../src/load/read.ts';
import type { BindRecord } from '../../src/record/record.ts';
import { ROOT } from './docs.ts';

/** The committed records of whole runs, one for each platform, in the order of their folders. */
export function committedRecords(): BindRecord[] {
  return readdirSync(path.join(ROOT, 'reports'), { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'record.json')
    .toSorted()
    .map((file) => readRecord(readFileSync(path.join(ROOT, 'reports', file), 'utf8'), file));
}
