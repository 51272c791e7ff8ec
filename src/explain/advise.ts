import type { SystemName } from '../model/types.ts';
import { answerOf, type Answer, type Question } from './answer.ts';
import { changesOf, inWords, withChange, type Change } from './change.ts';

/** Something that would make the last socket work. */
export interface Advice {
  readonly changes: readonly Change[];
  /** What to do, in words. */
  readonly text: string;
  /** Where the last socket did not work for certain, and then does. */
  readonly helps: readonly SystemName[];
  /** Where it worked, and then would not for certain. */
  readonly breaks: readonly SystemName[];
}

/** No more pieces of advice than anybody reads. */
const MOST = 6;

/**
 * What would make the last socket work where it does not: found by asking the models about every small change, alone
 * first, and in twos for the systems that no single change helps.
 */
export function advise(question: Question, answers: readonly Answer[]): Advice[] {
  const failing = answers.filter(({ works }) => works !== 'yes').map(({ system }) => system);
  if (failing.length === 0) return [];
  const sockets = question.readings.map(({ socket }) => socket);
  const singles = places(question, answers).flatMap((place) => changesOf(sockets, place));
  const judge = (changes: readonly Change[]) => judged(question, answers, changes);
  const alone = singles.map((change) => judge([change])).filter(({ helps }) => helps.length > 0);
  const helpless = failing.filter((system) => alone.every(({ helps }) => !helps.includes(system)));
  // A change of address is always at hand; what keeps the addresses is worth looking for all the same.
  const stuck = failing.filter((system) =>
    alone.every(({ helps, changes }) => !helps.includes(system) || changes.some(({ what }) => what === 'address')),
  );
  const wanted = [...new Set([...helpless, ...stuck])];
  const twos = wanted.length === 0 ? [] : pairs(singles).map(judge);
  const together = twos
    .map((advice) => ({ ...advice, helps: advice.helps.filter((system) => wanted.includes(system)) }))
    .filter(({ helps, changes }) => helps.length > 0 && needsBoth(changes, helps, alone));
  return best([...alone, ...together]);
}

/** The sockets whose change could matter: the last, and those that stand in its way somewhere. */
function places({ readings }: Question, answers: readonly Answer[]): number[] {
  const last = readings.length - 1;
  const holders = answers.flatMap(({ works, holder }) => (works === 'yes' || holder === undefined ? [] : [holder]));
  return [...new Set([last, ...holders])];
}

function judged(question: Question, answers: readonly Answer[], changes: readonly Change[]): Advice {
  const { readings } = question;
  const before = readings.map(({ socket }) => socket);
  const after = changes.reduce(withChange, before);
  const changed = readings.map((reading, place) => {
    const socket = after[place] ?? reading.socket;
    return { ...reading, socket, plainWithoutDual: reading.plainWithoutDual && socket === before[place] };
  });
  const helps: SystemName[] = [];
  const breaks: SystemName[] = [];
  for (const { system, works, refused } of answers) {
    const answer = answerOf(system, { ...question, readings: changed });
    // Sockets that could not have been bound themselves prove nothing.
    const worksThen = answer.works === 'yes' && answer.refused.length <= refused.length;
    if (works !== 'yes' && worksThen) helps.push(system);
    if (works === 'yes' && !worksThen) breaks.push(system);
  }
  return { changes, text: inWords(changes, readings.length), helps, breaks };
}

function pairs(singles: readonly Change[]): Change[][] {
  return singles.flatMap((one, place) =>
    singles.slice(place + 1).flatMap((other) => {
      const [first, second] = one.socket <= other.socket ? [one, other] : [other, one];
      const isAddress = first.what === 'address' || second.what === 'address';
      const undo = first.socket === second.socket && first.what === second.what && first.what !== 'set';
      return isAddress || undo ? [] : [[first, second]];
    }),
  );
}

/** Whether neither of two changes is enough by itself where the two help. */
function needsBoth(changes: readonly Change[], helps: readonly SystemName[], alone: readonly Advice[]): boolean {
  return helps.some((system) =>
    changes.every((change) => !alone.some((one) => one.changes[0] === change && one.helps.includes(system))),
  );
}

/** The most helpful ones, each system's first: those that help most and break least, simple ones before pairs. */
function best(all: readonly Advice[]): Advice[] {
  const ranked = all.toSorted((a, b) => cost(a) - cost(b));
  const chosen: Advice[] = [];
  const covered = new Set<SystemName>();
  for (const advice of ranked) {
    if (advice.helps.every((system) => covered.has(system))) continue;
    chosen.push(advice);
    for (const system of advice.helps) covered.add(system);
  }
  const more = ranked.filter((advice) => !chosen.includes(advice) && advice.changes.length === 1);
  return [...chosen, ...more].slice(0, MOST).toSorted((a, b) => cost(a) - cost(b));
}

/** What comes first: one change before two, what helps on many systems and breaks few, an option before an owner. */
function cost({ changes, helps, breaks }: Advice): number {
  const kinds = { set: 0, v6only: 0, unset: 1, address: 2, owner: 3 } as const;
  const kind = Math.max(...changes.map(({ what }) => kinds[what]));
  return changes.length * 100 - helps.length * 10 + breaks.length * 10 + kind;
}
