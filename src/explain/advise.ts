import type { PresentSocket, SystemName } from '../model/types.ts';
import { answerOf, isRelevant, type Answer, type Question } from './answer.ts';
import { changesOf, inWords, withChange, type Change } from './change.ts';

/** A change that would make the last socket work. */
export interface Advice {
  readonly changes: readonly Change[];
  /** The change, in words. */
  readonly text: string;
  /** The systems where the last socket was not certain to work, and then works. */
  readonly helps: readonly SystemName[];
  /** The systems where it worked, and then is not certain to work. */
  readonly breaks: readonly SystemName[];
}

/** The number of pieces of advice, unless more are needed so that every system has one. */
const MOST = 6;

/**
 * Finds what would make the last socket work where it does not. Asks the models about every small change, first alone.
 * For the systems that no single change helps, asks about changes in twos, and at last about an option on all sockets.
 */
export function advise(question: Question, answers: readonly Answer[]): Advice[] {
  const failing = answers.filter(({ works }) => works !== 'yes').map(({ system }) => system);
  if (failing.length === 0) return [];
  const sockets = question.readings.map(({ socket }) => socket);
  const singles = mattering(question, answers).flatMap((place) => changesOf(sockets, place));
  const judge = (changes: readonly Change[]) => judged(question, answers, changes);
  const alone = singles.map((change) => judge([change])).filter(({ helps }) => helps.length > 0);
  const helpless = failing.filter((system) => alone.every(({ helps }) => !helps.includes(system)));
  // Another address or port is always possible. It is still worth looking for changes that keep the name.
  const stuck = failing.filter((system) =>
    alone.every((advice) => !advice.helps.includes(system) || kindOf(advice) !== 'same name'),
  );
  const wanted = [...new Set([...helpless, ...stuck])];
  const twos = wanted.length === 0 ? [] : pairs(singles).map(judge);
  const together = onlyFor(wanted, twos).filter(({ helps, changes }) => needsBoth(changes, helps, alone));
  const left = wanted.filter((system) => together.every(({ helps }) => !helps.includes(system)));
  const everywhere = left.length === 0 ? [] : onAll(sockets).map(judge);
  return best([...alone, ...together, ...onlyFor(left, everywhere)]);
}

function onlyFor(systems: readonly SystemName[], advice: readonly Advice[]): Advice[] {
  return advice
    .map((one) => ({ ...one, helps: one.helps.filter((system) => systems.includes(system)) }))
    .filter(({ helps }) => helps.length > 0);
}

/** An option on every one of three sockets or more; all of them must have it where the option works only if two agree. */
function onAll(sockets: readonly PresentSocket[]): Change[][] {
  const asked = sockets.at(-1);
  if (asked === undefined || sockets.length < 3) return [];
  const places = [...sockets.keys()].filter((place) => isRelevant(sockets[place] ?? asked, asked));
  return (['reuseaddr', 'reuseport'] as const).map((option) =>
    places
      .filter((socket) => sockets[socket]?.options?.[option] !== true)
      .map((socket): Change => ({ what: 'set', socket, option })),
  );
}

/** The sockets whose change could matter: the last one, and those that block it on some system. */
function mattering({ readings }: Question, answers: readonly Answer[]): number[] {
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
    // Sockets that could not be bound themselves prove nothing.
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
      const isAnotherName = isName(first) || isName(second);
      const undo = first.socket === second.socket && first.what === second.what && first.what !== 'set';
      return isAnotherName || undo ? [] : [[first, second]];
    }),
  );
}

/** Whether two changes help together, but neither is enough by itself. */
function needsBoth(changes: readonly Change[], helps: readonly SystemName[], alone: readonly Advice[]): boolean {
  return helps.some((system) =>
    changes.every((change) => !alone.some((one) => one.changes[0] === change && one.helps.includes(system))),
  );
}

/** Whether a change changes the name itself. */
function isName({ what }: Change): boolean {
  return what === 'address' || what === 'port';
}

type Kind = 'same name' | 'address' | 'port';

function kindOf({ changes }: Advice): Kind {
  const change = changes.find(isName);
  return change?.what === 'address' || change?.what === 'port' ? change.what : 'same name';
}

/** The most helpful changes: of each kind, enough for every system that it can help; and as many single changes as fit. */
function best(all: readonly Advice[]): Advice[] {
  const ranked = all.toSorted((a, b) => cost(a) - cost(b));
  const chosen: Advice[] = [];
  const covered = new Set<`${Kind} ${SystemName}`>();
  for (const advice of ranked) {
    const keys = advice.helps.map((system) => `${kindOf(advice)} ${system}` as const);
    if (keys.every((key) => covered.has(key))) continue;
    chosen.push(advice);
    for (const key of keys) covered.add(key);
  }
  const more = ranked.filter((advice) => !chosen.includes(advice) && advice.changes.length === 1);
  return [...chosen, ...more.slice(0, Math.max(MOST - chosen.length, 0))].toSorted((a, b) => cost(a) - cost(b));
}

/** The order: one change before two, a change that helps many systems and breaks few first, an option before another name. */
function cost({ changes, helps, breaks }: Advice): number {
  const kinds = { set: 0, v6only: 0, unset: 1, owner: 30, address: 200, port: 300 } as const;
  const kind = Math.max(...changes.map(({ what }) => kinds[what]));
  return changes.length * 100 - helps.length * 10 + breaks.length * 10 + kind;
}
