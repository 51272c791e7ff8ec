import type { ConfigurationRecord, ContainersRecord } from '../record/containers.ts';
import { ran } from './changes.ts';
import { CONFIGURATIONS, isConfiguration } from './configurations.ts';
import { isBroken, promisesOf } from './promises.ts';
import { securityOf } from './security.ts';

/** A record of one engine that has been made of two, and the configurations that are those of the older one. */
export interface Merged {
  record: ContainersRecord;
  kept: string[];
}

/**
 * Puts what a run has of an engine into its older record, configuration by configuration: an outcome takes the place of an older
 * one, and what the run has no outcome of stays. A configuration that no longer exists goes.
 * @returns null where the engine's version is another: the outcomes of two versions are not those of one engine
 */
export function mergedRecord(older: ContainersRecord, newer: ContainersRecord): Merged | null {
  if (older.engine.version !== newer.engine.version) return null;
  const has = new Map(newer.configurations.map((one) => [one.id, one]));
  const had = older.configurations.filter(({ id }) => has.has(id) || isConfiguration(id));
  const isKept = (one: ConfigurationRecord) => {
    const other = has.get(one.id);
    return other === undefined || (ran(one) && !ran(other));
  };
  const kept = had.filter(isKept).map((one) => withKernel(one, older, newer));
  const keptIds = new Set(kept.map(({ id }) => id));
  const own = <T extends { configuration: string }>(list: readonly T[], isOlder: boolean) =>
    list.filter(({ configuration }) => keptIds.has(configuration) === isOlder);
  const record = judgedAgain({
    ...newer,
    // A merged record has everything that a complete one had.
    complete: older.complete || newer.complete,
    configurations: inOrder([...kept, ...newer.configurations.filter(({ id }) => !keptIds.has(id))]),
    security: [...own(older.security, true), ...own(newer.security, false)],
    promises: [...own(older.promises, true), ...own(newer.promises, false)],
  });
  return { record, kept: kept.filter(ran).map(({ id }) => id) };
}

/** A record with the verdicts of today's rules; the known reasons for what still deviates stay. */
export function judgedAgain(record: ContainersRecord): ContainersRecord {
  const { configurations, engine, security, promises } = record;
  const reasons = new Map([
    ...security.map(({ id, known }) => [id, known] as const),
    ...promises.map(({ id, deviation }) => [id, deviation] as const),
  ]);
  return {
    ...record,
    security: configurations
      .flatMap((one) => securityOf(one, engine))
      .map((one) => withReason(one, 'known', one.verdict === 'exposed' ? reasons.get(one.id) : undefined)),
    promises: configurations
      .flatMap((one) => promisesOf(one, engine))
      .map((one) => withReason(one, 'deviation', isBroken(one) ? reasons.get(one.id) : undefined)),
  };
}

/** A configuration that was run on another kernel than the record's names it among its facts. */
function withKernel(
  one: ConfigurationRecord,
  { platform }: ContainersRecord,
  newer: ContainersRecord,
): ConfigurationRecord {
  if (!ran(one) || platform.release === newer.platform.release) return one;
  return { ...one, facts: { kernel: platform.release, ...one.facts } };
}

/** Configurations in the order of the record. */
function inOrder(list: readonly ConfigurationRecord[]): ConfigurationRecord[] {
  const places = new Map(CONFIGURATIONS.map(({ id }, place) => [id, place]));
  const place = ({ id }: ConfigurationRecord) => places.get(id) ?? places.size;
  return list.toSorted((one, other) => place(one) - place(other));
}

function withReason<T extends object>(verdict: T, name: string, reason: string | undefined): T {
  return reason === undefined ? verdict : { ...verdict, [name]: reason };
}
