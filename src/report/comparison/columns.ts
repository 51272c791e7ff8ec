import { compareAsRead } from '../../text/versions.ts';
import { extentOf } from '../../load/fuller.ts';
import type { MatrixRecord } from '../../record/matrix.ts';
import type { BindRecord } from '../../record/record.ts';
import { SYSTEM_COLUMNS } from '../systems/order.ts';

/** A platform of a comparison: a name for it, and what was recorded there, at least one of the two. */
export interface Column {
  name: string;
  run?: BindRecord;
  matrix?: MatrixRecord;
}

/** A record, and the file that it was read from. */
export interface Given<R = AnyRecord> {
  file: string;
  record: R;
}

/** A file that does not count, because another one is of the same platform in every respect, and which is. */
export interface Superseded {
  file: string;
  by: string;
  because: 'fuller' | 'newer';
}

type AnyRecord = BindRecord | MatrixRecord;

/**
 * What may set apart two records of one platform id, in the order in which people look for it. The first that differ
 * go into the names; how a kernel was built is long, and there only for those that nothing else tells apart.
 */
const RESPECTS: readonly ((record: AnyRecord) => string)[] = [
  ({ platform }) => platform.stack ?? 'no other stack',
  ({ platform }) => platform.release,
  ({ platform }) => platform.runtime,
  ({ lab }) => `${lab.lab} lab`,
  ({ platform }) => (platform.uid === null ? 'no uid' : `uid ${platform.uid}`),
  ({ bindspec }) => `bindspec ${bindspec}`,
];

/**
 * The platforms of some records. A run and a matrix of one platform share a column; runs of one platform id that differ
 * in kernel, runtime, lab, user or version have columns of their own. If several differ in none of these, the one with
 * the most cells counts, so that a later run of a few cells does not hide a run of all; if they have equally many, the
 * newest counts.
 */
export function columnsOf(
  runs: readonly Given<BindRecord>[],
  matrices: readonly Given<MatrixRecord>[],
): { columns: Column[]; superseded: Superseded[] } {
  const [newestRuns, newestMatrices] = [newest(runs), newest(matrices)];
  const all = new Map<string, AnyRecord>();
  for (const [key, { record }] of [...newestRuns.kept, ...newestMatrices.kept]) {
    if (!all.has(key)) all.set(key, record);
  }
  const named = names(all);
  const columns = [...all.keys()].map((key): Column => {
    const [run, matrix] = [newestRuns.kept.get(key)?.record, newestMatrices.kept.get(key)?.record];
    return { name: named.get(key) ?? '', ...(run ? { run } : {}), ...(matrix ? { matrix } : {}) };
  });
  return {
    columns: columns.toSorted((one, other) => placeOf(one) - placeOf(other) || compareAsRead(one.name, other.name)),
    superseded: [...newestRuns.superseded, ...newestMatrices.superseded],
  };
}

/** Systems come in the order in which people look for them; those that are not in it come last. */
function placeOf({ run, matrix }: Column): number {
  const system = (run ?? matrix)?.platform.system;
  const place = SYSTEM_COLUMNS.findIndex(({ id }) => id === system);
  return place === -1 ? SYSTEM_COLUMNS.length : place;
}

/** In every respect but how much was done, and when. */
function identity(record: AnyRecord): string {
  const { id, version } = record.platform;
  return JSON.stringify([id, version, ...RESPECTS.map((respect) => respect(record))]);
}

function newest<R extends AnyRecord>(given: readonly Given<R>[]) {
  const kept = new Map<string, Given<R>>();
  const superseded: Superseded[] = [];
  for (const one of given) {
    const key = identity(one.record);
    const other = kept.get(key);
    if (other === undefined) {
      kept.set(key, one);
      continue;
    }
    const more = extentOf(one.record) - extentOf(other.record);
    const isBetter = more === 0 ? one.record.started > other.record.started : more > 0;
    const [better, worse] = isBetter ? [one, other] : [other, one];
    kept.set(key, better);
    superseded.push({ file: worse.file, by: better.file, because: more === 0 ? 'newer' : 'fuller' });
  }
  return { kept, superseded };
}

/** A name for each record, by its key: the platform's id, and in brackets what it takes to tell it from the others. */
function names(records: ReadonlyMap<string, AnyRecord>): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, record] of records) {
    const { id, version } = record.platform;
    const others = [...records.values()].filter(({ platform }) => platform.id === id);
    const apart = RESPECTS.filter((respect) => new Set(others.map(respect)).size > 1);
    const told = (one: AnyRecord) => apart.map((respect) => respect(one)).join(', ');
    const unclear = others.filter((other) => told(other) === told(record)).length > 1;
    const words = [told(record), unclear ? version : ''].filter((word) => word !== '').join(', ');
    found.set(key, words === '' ? id : `${id} (${words})`);
  }
  return found;
}
