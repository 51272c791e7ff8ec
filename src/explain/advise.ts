import type { Options, PresentSocket, SystemName } from '../model/types.ts';
import type { Reading } from './reader/reading.ts';
import { isRelevant, type Answer } from './answer.ts';
import type { Question } from './question.ts';
import { anotherPort, whichPorts } from './other-port.ts';
import { packetInfo } from './packet-info.ts';
import { granting } from './granting.ts';
import { ending } from './remedies.ts';
import { changesOf, inWords, withChange, type Change } from './change.ts';
import { judged, type Advice, type AdviceKind } from './judge.ts';

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
  const singles = mattering(question, answers).flatMap((place) =>
    changesOf(sockets, place, anotherPort(question.settings, sockets.at(-1)?.port ?? 0)),
  );
  const judge = (changes: readonly Change[]) => withChanges(question, answers, changes);
  const alone = singles.map((change) => judge([change])).filter(({ helps }) => helps.length > 0);
  const helpless = failing.filter((system) => alone.every(({ helps }) => !helps.includes(system)));
  // Another address or port is always possible. It is still worth looking for changes that keep the name.
  const stuck = failing.filter((system) =>
    alone.every((advice) => !advice.helps.includes(system) || advice.kind !== 'same name'),
  );
  const wanted = [...new Set([...helpless, ...stuck])];
  const needy = answers.filter(({ system }) => wanted.includes(system));
  const mayHelp = (changes: readonly Change[]) => withChanges(question, needy, changes).helps.length > 0;
  const twos = wanted.length === 0 ? [] : pairs(singles).filter(mayHelp).map(judge);
  const together = onlyFor(wanted, twos).filter(({ helps, changes }) => needsBoth(changes, helps, alone));
  const left = wanted.filter((system) => together.every(({ helps }) => !helps.includes(system)));
  const everywhere = left.length === 0 ? [] : onAll(sockets).map(judge);
  return [
    ...ending(question, answers, holdersOf(answers)),
    ...best([...alone, ...together, ...onlyFor(left, everywhere)]),
    ...packetInfo(question, answers, holdersOf(answers)),
    ...granting(question, answers),
  ];
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
  return [...new Set([readings.length - 1, ...holdersOf(answers)])];
}

/** The sockets that are in the way on some system. */
function holdersOf(answers: readonly Answer[]): number[] {
  const holders = answers.flatMap(({ works, holder }) => (works === 'yes' || holder === undefined ? [] : [holder]));
  return [...new Set(holders)].toSorted((one, other) => one - other);
}

function withChanges(question: Question, answers: readonly Answer[], changes: readonly Change[]): Advice {
  const { readings } = question;
  const before = readings.map(({ socket }) => socket);
  const isPrivileged = before.at(-1)?.uid === 0 || question.settings?.privileged === true;
  const after = changes.reduce(withChange, before);
  const changed = readings.map((reading, place) => {
    const socket = after[place] ?? reading.socket;
    if (socket === before[place]) return reading;
    // The options that are named from now on are those of every system.
    const { optionsOn, ...rest } = reading;
    const own = optionsOn === undefined ? {} : { optionsOn: onEach(optionsOn, changes, place) };
    return { ...rest, ...own, socket, plainWithoutDual: false };
  });
  return judged(
    answers,
    { ...question, readings: changed },
    {
      kind: kindOfChanges(changes),
      changes,
      text: (helps) => inWords(changes, before, whichPorts(helps, { settings: question.settings, isPrivileged })),
    },
  );
}

/** The options that a program sets on some systems, with the changes to its socket. */
function onEach(
  optionsOn: NonNullable<Reading['optionsOn']>,
  changes: readonly Change[],
  place: number,
): NonNullable<Reading['optionsOn']> {
  const own = changes.filter(({ socket }) => socket === place);
  return Object.fromEntries(
    Object.entries(optionsOn).map(([system, options]) => {
      const changed: Partial<Record<keyof Options, boolean>> = { ...options };
      for (const change of own) {
        if (change.what !== 'set' && change.what !== 'unset') continue;
        changed[change.option] = change.what === 'set';
        // A socket that is to be shared can't be exclusive.
        if (change.what === 'set' && change.option === 'reuseaddr') changed.exclusive = false;
      }
      return [system, changed];
    }),
  );
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

function kindOfChanges(changes: readonly Change[]): AdviceKind {
  const change = changes.find(isName);
  return change?.what === 'address' || change?.what === 'port' ? change.what : 'same name';
}

/** The most helpful changes: of each kind, enough for every system that it can help; and as many single changes as fit. */
function best(all: readonly Advice[]): Advice[] {
  const ranked = all.toSorted((a, b) => cost(a) - cost(b));
  const chosen: Advice[] = [];
  const covered = new Set<`${AdviceKind} ${SystemName}`>();
  for (const advice of ranked) {
    const keys = advice.helps.map((system) => `${advice.kind} ${system}` as const);
    if (keys.every((key) => covered.has(key))) continue;
    chosen.push(advice);
    for (const key of keys) covered.add(key);
  }
  const more = ranked.filter((advice) => !chosen.includes(advice) && advice.changes.length === 1);
  return [...chosen, ...more.slice(0, Math.max(MOST - chosen.length, 0))].toSorted((a, b) => cost(a) - cost(b));
}

/** The order: one change before two, a change that helps many systems and breaks few first, an option before another name. */
function cost({ changes, helps, breaks }: Advice): number {
  const kinds: Readonly<Record<Change['what'], number>> = {
    set: 0,
    v6only: 0,
    unset: 1,
    exclusive: 1,
    'any address': 1,
    end: 1,
    owner: 30,
    address: 200,
    port: 300,
  };
  const kind = Math.max(...changes.map(({ what }) => kinds[what]));
  return changes.length * 100 - helps.length * 10 + breaks.length * 10 + kind;
}
