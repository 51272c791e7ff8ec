import { isObject, type MigrationStep } from './step.ts';

/**
 * Converts a record of an older version to the version that is read, with one step for each version in between; null
 * where there are no such steps. A value that is not an object is returned as it is, and the schema refuses it.
 */
export function migrate(record: unknown, from: number, to: number, steps: ReadonlyMap<number, MigrationStep>): unknown {
  let migrated = record;
  for (let version = from; version !== to; version += 1) {
    const step = steps.get(version);
    if (step === undefined || !isObject(migrated)) return null;
    migrated = step(migrated);
  }
  return migrated;
}
