import { pairsOf, type Pair } from '../../matrix/reading.ts';
import type { Corner } from '../../matrix/selection.ts';
import { spellSpec } from '../../matrix/sockets.ts';
import { sameOutcome } from '../../protocol/outcome-class.ts';
import type { MatricesDifference } from '../../record/difference.ts';
import type { MatrixRecord } from '../../record/matrix.ts';

/** How many pairs of a group are named. */
const MOST_NAMED = 3;

type Group = MatricesDifference['answers'][number];

/**
 * The pairs that two matrices answer in different ways, together where the answers and the rules that decided are the
 * same, the largest group first. Across systems errors are compared by their classes.
 * @throws RangeError for a record whose parts do not fit.
 */
export function diffMatrices(before: MatrixRecord, after: MatrixRecord): MatricesDifference {
  const old = answered(before);
  const now = answered(after);
  const same = before.platform.system === after.platform.system ? Object.is : sameAnswer;
  const groups = new Map<string, Group>();
  let [both, different] = [0, 0];
  for (const [key, { corner, pair }] of now) {
    const then = old.get(key)?.pair;
    if (then === undefined) continue;
    both += 1;
    const [was, is] = [then.answer ?? '', pair.answer ?? ''];
    if (same(was, is)) continue;
    different += 1;
    const rules = { was: then.rule, is: pair.rule };
    const id = JSON.stringify([was, is, rules]);
    const group = groups.get(id) ?? { was, is, rules, count: 0, corners: [], pairs: [] };
    groups.set(id, group);
    add(group, corner, pair);
  }
  const answers = [...groups.values()].toSorted((one, other) => other.count - one.count);
  return { both, different, appeared: now.size - both, gone: old.size - both, answers };
}

function add(group: Group, { protocol, state, uid, devices }: Corner, { first, second }: Pair): void {
  const corner = { protocol, state, uid, devices };
  group.count += 1;
  const there = group.corners.find((one) => keyOf(one) === keyOf(corner));
  if (there) there.count += 1;
  else group.corners.push({ ...corner, count: 1 });
  if (group.pairs.length < MOST_NAMED)
    group.pairs.push({ ...corner, first: spellSpec(first), second: spellSpec(second) });
}

/** Every pair that was run, by its corner and its two sockets. */
function answered(record: MatrixRecord): Map<string, { corner: Corner; pair: Pair }> {
  const found = new Map<string, { corner: Corner; pair: Pair }>();
  for (const block of record.blocks) {
    for (const pair of pairsOf(record, block).flat()) {
      if (pair.answer === null) continue;
      found.set(`${keyOf(block)}\n${spellSpec(pair.first)}\n${spellSpec(pair.second)}`, { corner: block, pair });
    }
  }
  return found;
}

function keyOf({ protocol, state, uid, devices }: Corner): string {
  return `${protocol} ${state} ${uid} ${devices}`;
}

/** Whether two answers are the same call with errors of one class. */
function sameAnswer(one: string, other: string): boolean {
  const [here, there] = [one.split(' '), other.split(' ')];
  return here.length === there.length && here.every((word, index) => sameOutcome(word, there[index] ?? ''));
}
