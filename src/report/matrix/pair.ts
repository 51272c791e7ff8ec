import { pairPlan } from '../../matrix/pair.ts';
import { specSpelled, spellRecorded } from '../../matrix/recorded-sockets.ts';
import type { Corner } from '../../matrix/selection.ts';
import { formatPlan } from '../../plan/notation.ts';
import type { MatrixRecord } from '../../record/matrix.ts';

/** A pair of a record as a plan, which `explore --replay` plays and `explain` asks every system about. */
export function pairAsPlan(
  { sockets }: Pick<MatrixRecord, 'sockets'>,
  corner: Corner,
  pair: { readonly first: string; readonly second: string },
): string | undefined {
  const [first, second] = [specSpelled(sockets, pair.first), specSpelled(sockets, pair.second)];
  return first && second ? formatPlan(pairPlan(corner, first, second)) : undefined;
}

/** The plan of the pair of a record that is of one pair. */
export function onlyPairAsPlan(record: MatrixRecord): string | undefined {
  const [block] = record.blocks;
  if (block === undefined || record.counts.pairs !== 1) return undefined;
  const [first, second] = [record.sockets[block.first[0] ?? -1], record.sockets[block.second[0] ?? -1]];
  if (!first || !second) return undefined;
  return pairAsPlan(record, block, { first: spellRecorded(first), second: spellRecorded(second) });
}
