import { modelNamed } from '../model/index.ts';
import { OBSERVED_SYSTEMS } from '../record/observed-systems.ts';
import type { BindRecord } from '../record/record.ts';

/**
 * What to do with a record of a system, in one line, if the project has no record of that system; null if it has one.
 * @param written the files that the run wrote
 */
export function firstRecordLine(record: BindRecord, written: readonly string[]): string | null {
  const { system } = record.platform;
  if (OBSERVED_SYSTEMS.has(system)) return null;
  const title = modelNamed(system)?.title ?? system;
  const file = written.find((one) => one.endsWith('record.json'));
  const whole = record.complete && record.settings.selectors.length === 0;
  const what =
    whole && file !== undefined
      ? `attach ${file}`
      : "run 'npx bindspec run' to its end, and attach the record.json it writes";
  return `There is no record of ${title} yet: please ${what} to an issue of the repository of bindspec (docs/ci.md)`;
}
