import type { ComparedEngine } from '../../record/comparison.ts';
import type { ContainersRecord } from '../../record/containers.ts';
import { extentOf } from '../../load/fuller.ts';
import { compareAsRead } from '../../text/versions.ts';
import { isBroken } from '../../containers/promises.ts';
import { exposuresOf, securityCounts } from '../containers/words.ts';
import type { Given, Superseded } from './columns.ts';

/**
 * The container engines of some records, by their ids, in which their version and platform are. If an engine has
 * several records, the one with the most configurations counts; if they have equally many, the newest.
 */
export function enginesOf(given: readonly Given<ContainersRecord>[]): {
  engines: ContainersRecord[];
  superseded: Superseded[];
} {
  const kept = new Map<string, Given<ContainersRecord>>();
  const superseded: Superseded[] = [];
  for (const one of given) {
    const { id } = one.record.engine;
    const other = kept.get(id);
    const more = other === undefined ? 1 : extentOf(one.record) - extentOf(other.record);
    const isBetter = other === undefined || more > 0 || (more === 0 && one.record.started > other.record.started);
    if (isBetter) kept.set(id, one);
    if (other === undefined) continue;
    const [better, worse] = isBetter ? [one, other] : [other, one];
    superseded.push({ file: worse.file, by: better.file, because: more === 0 ? 'newer' : 'fuller' });
  }
  const engines = [...kept.values()].map(({ record }) => record);
  return { engines: engines.toSorted((one, other) => compareAsRead(one.engine.id, other.engine.id)), superseded };
}

/** What a comparison keeps of an engine's record: what is exposed, what is not as promised, and of how much. */
export function comparedEngine(record: ContainersRecord): ComparedEngine {
  const { engine, platform, bindspec, started, complete, promises, configurations } = record;
  return {
    name: engine.id,
    engine: engine.name,
    version: engine.version,
    platform,
    bindspec,
    started,
    complete,
    exposures: exposuresOf(record),
    broken: promises
      .filter(isBroken)
      .map(({ configuration, says, source, broken }) => ({ configuration, says, source, broken })),
    configurations: configurations.map(({ id, title, skipped, error }) => ({
      id,
      title,
      ...securityCounts(record, id),
      ...(skipped === undefined ? {} : { skipped: skipped.reason }),
      ...(error === undefined ? {} : { error }),
    })),
  };
}
