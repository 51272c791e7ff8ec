import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ContainersRecord } from '../record/containers.ts';
import { extentOf } from '../load/fuller.ts';
import type { MatrixRecord } from '../record/matrix.ts';
import { BadRecord, KINDS, type AnyRecord } from '../load/read.ts';
import type { BindRecord } from '../record/record.ts';
import type { ReceiversRecord } from '../record/receivers.ts';
import type { TriplesRecord } from '../record/triples.ts';
import type { Given } from '../report/comparison/columns.ts';
import { UserError } from './exit.ts';
import { recordFrom } from './record-file.ts';
import { isOwnPlace, UNFINISHED } from './reports-folder.ts';
import { complain } from './terminal.ts';

/** What runs, matrices, triples, receivers and containers write; other JSON in a folder is not for us. */
const NAMES: readonly string[] = ['record.json', 'matrix.json', 'triples.json', 'receivers.json', 'containers.json'];

export interface Records {
  runs: Given<BindRecord>[];
  matrices: Given<MatrixRecord>[];
  triples: Given<TriplesRecord>[];
  receivers: Given<ReceiversRecord>[];
  containers: Given<ContainersRecord>[];
  /** Records of a program, each of a file that was named. */
  programs: ProgramFile[];
  /** What was left out, because there is a fuller or a newer record of the same platform beside it; lines. */
  leftOut: string[];
}

/** What `bindspec program` or `bindspec programs` wrote of one program. */
export interface ProgramFile {
  readonly file: string;
  readonly read: Extract<AnyRecord, { kind: 'program' | 'server' }>;
}

/**
 * Reads the records that some paths name: files, or folders that have `record.json`, `matrix.json`,
 * `triples.json`, `receivers.json` and `containers.json` in them at any depth; `names` may be fewer of these. If a platform's folder has several records,
 * some in separate folders, the fullest is used, and the newest of equally full ones. A comparison that an earlier
 * merge left in a folder is skipped. A named file may be of a program only where that is asked for.
 * @throws UserError that names every file that can't be read and says why, or the folders that have no record.
 */
export function recordsAt(
  paths: readonly string[],
  { names = NAMES, takesPrograms = false }: { names?: readonly string[]; takesPrograms?: boolean } = {},
): Records {
  const files = new Map(
    paths.flatMap((given) => filesAt(given, names).map((file) => [path.resolve(file), { given, file }])),
  );
  const runs: Found<BindRecord>[] = [];
  const matrices: Found<MatrixRecord>[] = [];
  const triples: Found<TriplesRecord>[] = [];
  const receivers: Found<ReceiversRecord>[] = [];
  const containers: Found<ContainersRecord>[] = [];
  const programs: ProgramFile[] = [];
  const wrong: string[] = [];
  for (const { given, file } of files.values()) {
    // Who names a file means that one.
    const home = file === given ? file : homeOf(file);
    try {
      const read = recordFrom(file);
      if (read.kind === 'run') runs.push({ home, file, record: read.record });
      else if (read.kind === 'matrix') matrices.push({ home, file, record: read.record });
      else if (read.kind === 'triples') triples.push({ home, file, record: read.record });
      else if (read.kind === 'receivers') receivers.push({ home, file, record: read.record });
      else if (read.kind === 'containers') containers.push({ home, file, record: read.record });
      else if (file !== given) continue;
      else if (takesPrograms && (read.kind === 'program' || read.kind === 'server')) programs.push({ file, read });
      else wrong.push(`${file}: ${otherKind(read)}`);
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      wrong.push(error.message);
    }
  }
  if (wrong.length > 0) throw new UserError(wrong);
  if ([runs, matrices, triples, receivers, containers, programs].every(({ length }) => length === 0))
    throw nothingIn(paths, names);
  const [a, b, c, d] = [fullest(runs), fullest(matrices), fullest(containers), fullest(triples)];
  const e = fullest(receivers);
  return {
    runs: a.taken,
    matrices: b.taken,
    triples: d.taken,
    receivers: e.taken,
    containers: c.taken,
    programs,
    leftOut: [...a.leftOut, ...b.leftOut, ...c.leftOut, ...d.leftOut, ...e.leftOut],
  };
}

/** Says what was left out of the records that a folder has. */
export function tellLeftOut({ leftOut }: Records): void {
  for (const line of leftOut) complain(`bindspec: ${line}`);
}

/** The one record of a kind. @throws UserError where there are several, and which one is meant can't be known. */
export function onlyRecord<R>(found: readonly Given<R>[], given: string, kind: string): Given<R> | undefined {
  if (found.length < 2) return found[0];
  const names = found.slice(0, 3).map(({ file }) => file);
  throw new UserError(
    `'${given}' has ${found.length} records of ${kind} (${names.join(', ')}${found.length > 3 ? ', …' : ''}): name one of them, or its folder`,
  );
}

/** A record with the folder of its platform, or with its own file where that was named. */
type Found<R> = Given<R> & { home: string };

/** The folder of a platform that a record is in, or below in a place of its own. */
function homeOf(file: string): string {
  const folder = path.dirname(file);
  return isOwnPlace(path.basename(folder)) ? path.dirname(folder) : folder;
}

/** For each folder the record that has the most outcomes. */
function fullest<R extends BindRecord | MatrixRecord | TriplesRecord | ReceiversRecord | ContainersRecord>(
  found: readonly Found<R>[],
) {
  const taken: Given<R>[] = [];
  const leftOut: string[] = [];
  for (const home of new Set(found.map((one) => one.home))) {
    const [best, ...others] = found
      .filter((one) => one.home === home)
      .toSorted(
        ({ record: one }, { record: other }) =>
          extentOf(other) - extentOf(one) || (one.started < other.started ? 1 : -1),
      );
    if (!best) continue;
    taken.push({ file: best.file, record: best.record });
    const [first, ...rest] = others;
    if (!first) continue;
    const which = rest.length === 0 ? `${first.file} is` : `${first.file} and ${rest.length} more are`;
    const why = extentOf(first.record) < extentOf(best.record) ? 'fuller' : 'newer';
    leftOut.push(`${which} left out, because ${best.file} is ${why}`);
  }
  return { taken, leftOut };
}

/** Why a record of this kind is not compared with the others, and which are. */
export function otherKind(read: AnyRecord): string {
  if (read.kind === 'comparison') return 'a comparison, not a record; name the records that it was made from';
  const title = 'title' in read ? read.title : KINDS[read.kind];
  return `${title}, which can't be compared; name a record.json, matrix.json, triples.json, receivers.json or containers.json`;
}

const WRITERS: Readonly<Record<string, string>> = {
  'record.json': "'bindspec run'",
  'matrix.json': "'bindspec matrix'",
  'triples.json': "'bindspec matrix --triples'",
  'receivers.json': "'bindspec matrix --receivers'",
  'containers.json': "'bindspec containers'",
};

function nothingIn(paths: readonly string[], names: readonly string[]): UserError {
  const places = paths.map((given) => `'${given}'`).join(', ');
  const written = listed(
    names.map((name) => WRITERS[name] ?? name),
    'and',
  );
  return new UserError(
    `there is no ${listed(names, 'or')} in ${places}: write ${names.length === 1 ? 'one' : 'some'} with ${written}`,
  );
}

function listed(words: readonly string[], last: string): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** In the order of their names, so that the same folder always gives the same result. @throws UserError */
function filesAt(given: string, names: readonly string[]): string[] {
  try {
    if (!statSync(given).isDirectory()) return [given];
    return readdirSync(given, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && names.includes(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter(
        (file) =>
          !path
            .relative(given, file)
            .split(path.sep)
            .some((name) => name.startsWith(UNFINISHED)),
      )
      .toSorted();
  } catch (error) {
    throw new UserError(`the records can't be read: ${(error as Error).message}; correct the name`);
  }
}
