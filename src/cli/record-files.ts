import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ContainersRecord } from '../record/containers.ts';
import type { MatrixRecord } from '../record/matrix.ts';
import { BadRecord } from '../record/read.ts';
import type { BindRecord } from '../record/record.ts';
import type { Given } from '../report/comparison/columns.ts';
import { UserError } from './exit.ts';
import { recordFrom } from './record-file.ts';

/** What runs, matrices and containers write; other JSON in a folder is not for us. */
const NAMES = new Set(['record.json', 'matrix.json', 'containers.json']);

export interface Records {
  runs: Given<BindRecord>[];
  matrices: Given<MatrixRecord>[];
  containers: Given<ContainersRecord>[];
}

/**
 * Reads the records that some paths name: files, or folders that have `record.json`, `matrix.json` and
 * `containers.json` in them at any depth. A comparison that an earlier merge left in a folder is passed over.
 * @throws UserError that names every file that can't be read and says why, or the folders that have no record.
 */
export function recordsAt(paths: readonly string[]): Records {
  const files = new Map(paths.flatMap((given) => filesAt(given).map((file) => [path.resolve(file), { given, file }])));
  const records: Records = { runs: [], matrices: [], containers: [] };
  const wrong: string[] = [];
  for (const { given, file } of files.values()) {
    try {
      const read = recordFrom(file);
      if (read.kind === 'run') records.runs.push({ file, record: read.record });
      else if (read.kind === 'matrix') records.matrices.push({ file, record: read.record });
      else if (read.kind === 'containers') records.containers.push({ file, record: read.record });
      else if (file === given) wrong.push(`${file}: a comparison, not a record; give the records that it was made of`);
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      wrong.push(error.message);
    }
  }
  if (wrong.length > 0) throw new UserError(wrong.join('\nbindspec: '));
  if (records.runs.length + records.matrices.length + records.containers.length === 0) {
    const places = paths.map((given) => `'${given}'`).join(', ');
    throw new UserError(
      `there is no record.json, matrix.json or containers.json in ${places}: write some with 'bindspec run', 'bindspec matrix' and 'bindspec containers'`,
    );
  }
  return records;
}

/** In the order of their names, so that the same folder always gives the same result. @throws UserError */
function filesAt(given: string): string[] {
  try {
    if (!statSync(given).isDirectory()) return [given];
    return readdirSync(given, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && NAMES.has(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .toSorted();
  } catch (error) {
    throw new UserError(`the records can't be read: ${(error as Error).message}`);
  }
}
