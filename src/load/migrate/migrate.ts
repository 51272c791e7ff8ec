import { isObject, type MigrationStep } from './step.ts';

/**
 * A record of an older version as one of the version that is read, by a step for each version in between; null where
 * there is no way to it. What is no object is left for the schema to refuse.
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
