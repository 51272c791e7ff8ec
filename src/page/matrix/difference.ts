import { allows, withoutPrefix } from '../../matrix/answers.ts';
import { agrees, decidingRule, likeliest } from '../../matrix/prediction.ts';
import type { Corner } from '../../matrix/selection.ts';
import type { RuleId } from '../../model/types.ts';
import { cornerKey, socketKey } from './alike.ts';
import type { Side, SideBlock } from './side.ts';

/** Where a pair is in a block. */
export interface PairPlace {
  readonly row: number;
  readonly column: number;
}

/** A corner as both sides have it; one of the two may lack it. */
export interface Corners {
  readonly corner: Corner;
  readonly left: SideBlock | null;
  readonly right: SideBlock | null;
}

/** All corners that one of the sides has, those of the left one first. */
export function cornersOfBoth(left: Side, right: Side): Corners[] {
  const known = new Set(left.corners.map((corner) => cornerKey(corner, left.lab)));
  const others = right.corners.filter((corner) => !known.has(cornerKey(corner, right.lab)));
  return [
    ...left.corners.map((corner) => ({ corner, left: left.at(corner, left.lab), right: right.at(corner, left.lab) })),
    ...others.map((corner) => ({ corner, left: null, right: right.at(corner, right.lab) })),
  ];
}

/** Whether two systems do different things with a pair; null where one of them was not asked. */
export function differ(
  left: Side,
  one: SideBlock,
  a: PairPlace,
  right: Side,
  other: SideBlock,
  b: PairPlace,
): boolean | null {
  const [answer, otherAnswer] = [one.answer(a.row, a.column), other.answer(b.row, b.column)];
  if (answer === null || otherAnswer === null) return null;
  if (withoutPrefix(answer) === withoutPrefix(otherAnswer)) return false;
  // A model may allow more than one outcome.
  const said = left.observed ? null : one.prediction(a.row, a.column);
  const otherSaid = right.observed ? null : other.prediction(b.row, b.column);
  return !((said && allows(said, otherAnswer)) || (otherSaid && allows(otherSaid, answer)));
}

/** Whether an answer is one that the side's model allows; true where there is no model or nothing was run. */
export function isAsModelled(block: SideBlock, { row, column }: PairPlace): boolean {
  const answer = block.answer(row, column);
  const prediction = block.prediction(row, column);
  return answer === null || prediction === null || agrees(answer, prediction);
}

/** The rule by which a side answered; undefined where its model says something else, or there is none. */
export function ruleAt(block: SideBlock, { row, column }: PairPlace): RuleId | undefined {
  const prediction = block.prediction(row, column);
  const answer = block.answer(row, column);
  if (prediction === null || answer === null || !agrees(answer, prediction)) return undefined;
  return answer === likeliest(prediction) ? decidingRule(prediction) : otherRule(answer, prediction);
}

/** The rule of an answer that the model allows and does not hold to be the likeliest. */
function otherRule(answer: string, { bind, listen }: NonNullable<ReturnType<SideBlock['prediction']>>) {
  return answer.startsWith('listen ') ? listen?.rule : bind?.rule;
}

/** Two rules that decided differently: that of the left side and that of the right one. */
export interface Reason {
  readonly left: RuleId | undefined;
  readonly right: RuleId | undefined;
}

/** A reason as text, which tells it from others, for example `linux/udp-conflict~darwin/free`. */
export function reasonKey({ left, right }: Reason): string {
  return `${left ?? ''}~${right ?? ''}`;
}

/** The results of the pairs of one corner. */
export interface CornerDifference {
  /** Pairs that both sides have and answered. */
  readonly compared: number;
  readonly differing: number;
  /** Rules by which they differ, by `reasonKey`, with the number of pairs. */
  readonly reasons: ReadonlyMap<string, Reason & { readonly pairs: number }>;
}

/** Compares all pairs of a corner. */
export function differenceAt(left: Side, right: Side, { left: one, right: other }: Corners): CornerDifference {
  const reasons = new Map<string, Reason & { pairs: number }>();
  let [compared, differing] = [0, 0];
  if (one === null || other === null) return { compared, differing, reasons };
  const columns = one.second.map((spec) => other.columns.get(socketKey(spec, left.lab)));
  for (const [row, spec] of one.first.entries()) {
    const otherRow = other.rows.get(socketKey(spec, left.lab));
    if (otherRow === undefined) continue;
    for (const [column, otherColumn] of columns.entries()) {
      if (otherColumn === undefined) continue;
      const [a, b] = [
        { row, column },
        { row: otherRow, column: otherColumn },
      ];
      const differs = differ(left, one, a, right, other, b);
      if (differs === null) continue;
      compared += 1;
      if (!differs) continue;
      differing += 1;
      const reason = { left: ruleAt(one, a), right: ruleAt(other, b) };
      const key = reasonKey(reason);
      reasons.set(key, { ...reason, pairs: (reasons.get(key)?.pairs ?? 0) + 1 });
    }
  }
  return { compared, differing, reasons };
}
