import { SeenErrors } from '../../record/errors.ts';
import { withoutInvented } from './never-asked.ts';
import { eachObject, isObject, type Json, type MigrationStep } from './step.ts';

/**
 * Some keys were added to version 1 without a new version number, so that some of its records have them and some do not:
 * how many cells were chosen, where the lab says what it lacks, and where an observation differs from a document's claim.
 * The readers of version 1 made two exceptions that ended with it: the legend of errors may be missing, and expectations
 * may be assumed to be as on Linux. An expectation that was only assumed is what version 2 calls unjudged.
 */
const from1: MigrationStep = (record) => ({
  ...record,
  schema: 2,
  ...(isObject(record['settings']) ? { settings: { cells: lengthOf(record['cells']), ...record['settings'] } } : {}),
  ...(isObject(record['lab']) ? { lab: { elsewhere: 'npx bindspec doctor', ...record['lab'] } } : {}),
  cells: eachObject(record['cells'], cellFrom1),
  errors: record['errors'] ?? errorsIn(record['cells']),
});

/** See `withoutInvented`. */
const from2: MigrationStep = (record) => withoutInvented({ ...record, schema: 3 });

/** The steps that convert a run's record, by the version that each one starts from. */
export const RUN_STEPS: ReadonlyMap<number, MigrationStep> = new Map([
  [1, from1],
  [2, from2],
]);

function cellFrom1({ expectation, ...cell }: Json): Json {
  const claims = eachObject(cell['claims'], (claim) => ({ against: [], ...claim }));
  const migrated = { ...cell, ...('claims' in cell ? { claims } : {}) };
  const isAssumed = isObject(expectation) && expectation['known'] === 'assumed';
  if (!isAssumed) return { ...migrated, ...(expectation === undefined ? {} : { expectation }) };
  const { verdict } = cell;
  return {
    ...migrated,
    disagreements: [],
    verdict: verdict === 'skipped' || verdict === 'error' ? verdict : 'unjudged',
  };
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

/** The errors that cells observed; the record did not keep their numbers. */
function errorsIn(cells: unknown): unknown {
  const seen = new SeenErrors();
  const open: unknown[] = Array.isArray(cells)
    ? cells.map((cell) => (isObject(cell) ? cell['observation'] : null))
    : [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') seen.see(next, undefined, true);
    else if (typeof next === 'object' && next !== null)
      open.push(...Object.values(next).filter((one) => one !== undefined));
  }
  return seen.legend();
}
