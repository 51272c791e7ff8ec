import type { ContainersRecord } from '../record/containers.ts';
import type { MatrixRecord } from '../record/matrix.ts';
import type { BindRecord, CellRecord } from '../record/record.ts';
import type { ReceiversRecord } from '../record/receivers.ts';
import type { TriplesRecord } from '../record/triples.ts';
import type { ChangeGroup } from '../containers/changes.ts';
import type { KnownVerdict } from '../containers/known.ts';
import { isBroken } from '../containers/promises.ts';
import { exposuresOf } from './containers/words.ts';
import { counted } from '../text/counted.ts';
import { few } from './diff/words.ts';
import { failureSentence, rerunCommand } from './failure.ts';
import type { Annotation, SourceLine } from './github.ts';
import { isUnexpected } from './summary.ts';

/** At most this many are named in one annotation. */
const MOST_NAMED = 5;

/** The place of an experiment's file; undefined where that is not in the workspace. */
export type PlaceOf = (experiment: string) => SourceLine | undefined;

/** What did not go as expected in a run: the cells of an experiment to which the same happened together. */
export function runAnnotations(record: BindRecord, placeOf: PlaceOf): Annotation[] {
  const groups = new Map<string, CellRecord[]>();
  for (const cell of record.cells.filter(isUnexpected)) {
    const key = JSON.stringify([cell.experiment, cell.verdict, failureSentence(cell)]);
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()].flatMap((cells): Annotation[] => {
    const [first] = cells;
    if (!first) return [];
    const place = placeOf(first.experiment);
    return [
      {
        level: 'error',
        title: `${first.verdict}: ${first.experiment} on ${record.platform.id}`,
        message: [
          failureSentence(first),
          ...(cells.length > 1
            ? [
                `${cells.length} cells: ${few(
                  cells.map(({ id }) => id),
                  MOST_NAMED,
                )}`,
              ]
            : [first.id]),
          `To run it again: ${rerunCommand(first, record)}`,
        ],
        ...(place ? { place } : {}),
      },
    ];
  });
}

/** Where the kernel is not as the model says about pairs, by rule, and what went wrong in the harness. */
export function matrixAnnotations(record: MatrixRecord): Annotation[] {
  return mismatchAnnotations(record, 'pair', ({ first, second }) => `${first}, then ${second}`);
}

/** The same about who receives. */
export function receiversAnnotations(record: ReceiversRecord): Annotation[] {
  return mismatchAnnotations(record, 'pair', ({ first, second }) => `${first}, then ${second}`);
}

/** The same about triples. */
export function triplesAnnotations(record: TriplesRecord): Annotation[] {
  return mismatchAnnotations(record, 'triple', ({ first, second, third }) => `${first}, then ${second}, then ${third}`);
}

function mismatchAnnotations<
  M extends Pick<MatrixRecord['mismatches'][number], 'rule' | 'kernel' | 'model' | 'command'>,
>(
  {
    platform,
    settings,
    mismatches,
    counts,
    errors,
  }: Pick<MatrixRecord, 'platform' | 'settings' | 'errors'> & {
    mismatches: readonly M[];
    counts: { mismatches: number };
  },
  noun: 'pair' | 'triple',
  inWords: (mismatch: M) => string,
): Annotation[] {
  const rules = new Map<string, M[]>();
  for (const mismatch of mismatches) rules.set(mismatch.rule, [...(rules.get(mismatch.rule) ?? []), mismatch]);
  // The record spells out the first ones only.
  const untold = counts.mismatches - mismatches.length;
  return [
    ...[...rules].flatMap(([rule, own]): Annotation[] => {
      const [first] = own;
      if (!first) return [];
      return [
        {
          level: 'error',
          title: `${counted(own.length, noun)} on ${platform.id} not as the model '${settings.model}' says`,
          message: [
            `rule ${rule}: ${inWords(first)}: kernel ${first.kernel}, model ${first.model}`,
            ...(untold > 0 ? [`${counted(untold, 'more mismatch', 'more mismatches')} by whatever rule`] : []),
            `To run it again: ${first.command}`,
          ],
        },
      ];
    }),
    ...errors.map(({ what, error }): Annotation => ({
      level: 'error',
      title: `error: matrix on ${platform.id}`,
      message: [what, error],
    })),
  ];
}

/** What is exposed, which promises are broken, which known deviations are none any more, and what changed. */
export function containersAnnotations(
  record: ContainersRecord,
  stale: readonly KnownVerdict[],
  changes: readonly ChangeGroup[],
): Annotation[] {
  const { engine, promises, configurations } = record;
  return [
    ...exposuresOf(record)
      .filter(({ known }) => known === undefined)
      .map(({ configuration, says, how, reference }): Annotation => ({
        level: 'error',
        title: `exposed: ${configuration} of ${engine.id}`,
        message: [`${says} (${how})`, ...(reference === undefined ? [] : [reference])],
      })),
    ...promises
      .filter((one) => isBroken(one) && one.deviation === undefined)
      .map(({ id, says, source, broken }): Annotation => ({
        level: 'error',
        title: `broken promise: ${id} of ${engine.id}`,
        message: [says, source, few(broken, MOST_NAMED)],
      })),
    ...stale.map(({ line, pattern, reason }): Annotation => ({
      level: 'error',
      title: `stale: line ${line} of the known deviations`,
      message: [`'${pattern}' (${reason}) no longer deviates on ${engine.id}`],
    })),
    ...configurations.flatMap(({ id, error }): Annotation[] =>
      error === undefined ? [] : [{ level: 'error', title: `error: ${id} of ${engine.id}`, message: [error] }],
    ),
    ...changes.map(({ configuration, was, is, what, who }): Annotation => ({
      level: 'warning',
      title: `changed: ${configuration} of ${engine.id}`,
      message: [`${counted(what.length, 'question')}: was ${was}, is ${is}`, few(who, MOST_NAMED)],
    })),
  ];
}
