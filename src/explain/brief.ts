import type { SystemName } from '../model/types.ts';
import { isWildcard } from '../model/address.ts';
import { models } from '../model/index.ts';
import type { Answer } from './answer.ts';
import type { Explanation } from './explanation.ts';
import type { Failure } from './reader/failure.ts';
import { list } from './sentences.ts';
import { wrap } from '../text/wrap.ts';

type Parts = Omit<Explanation, 'answer'>;

/** The width and the height that the answer fits into. */
const WIDTH = 80;
const MOST_LINES = 3;

/** The answer in at most three lines of 80 characters: what happens, because of what, and what helps. */
export function briefAnswer(parts: Parts): string[] {
  const [long, short, least] = [verdictOf(parts, 8), verdictOf(parts, 3), verdictOf(parts, 0)];
  const todos = todosOf(parts);
  const [best = '', ...others] = todos;
  const tries = [
    [long, best],
    [short, best],
    ...others.flatMap((todo) => [
      [long, todo],
      [short, todo],
    ]),
    [least, best],
  ];
  const fitting = tries.find((sentences) => lines(sentences) <= MOST_LINES) ?? [least];
  return fitting.filter((sentence) => sentence !== '');
}

function lines(sentences: readonly string[]): number {
  return sentences.reduce((sum, sentence) => sum + wrap(sentence, WIDTH).length, 0);
}

/**
 * What all systems do with the last socket, in one sentence.
 * @param most how many systems are named at most for one outcome; of more only the number is said
 */
export function verdictOf({ answers, sockets }: Pick<Parts, 'answers' | 'sockets'>, most = 8): string {
  const failure = sockets.at(-1)?.failure;
  if (failure !== undefined) return causeOf(failure, { answers, sockets }, most);
  const who = `Socket ${sockets.length}${sockets.length === 1 ? ' alone' : ''}`;
  const groups = groupsOf(answers);
  const parts = groups.map(({ works, answers: own }, place) => {
    const isRest = groups.length > 1 && place === groups.length - 1 && own.length > 3;
    const where = isRest
      ? `the other ${own.length}`
      : named(
          own.map(({ system }) => system),
          most,
        );
    const because = place === 0 || groups.length === 1 || works !== 'yes' ? holdersIn(own) : '';
    return `${verbOf(works, own, where)}${because}`;
  });
  return `${who} ${parts.join('; it ')}.`;
}

/** The answers by what they are: first the refusals, and last those that need the fewest words. */
function groupsOf(answers: readonly Answer[]) {
  const all = (['no', 'unsure', 'yes'] as const).map((works) => ({
    works,
    answers: answers.filter((answer) => answer.works === works),
  }));
  return all.filter((group) => group.answers.length > 0);
}

function verbOf(works: Answer['works'], own: readonly Answer[], where: string): string {
  const isEvery = own.length === Object.keys(models).length;
  const place = isEvery ? 'every system' : where;
  if (works === 'yes') return `works on ${place}`;
  if (works === 'unsure') return `may or may not work on ${place}`;
  const errors = new Set(own.flatMap(({ outcomes }) => outcomes.filter((one) => one !== 'ok').map(plain)));
  const at = own.every(({ call }) => call === 'listen') ? ' at listen()' : '';
  return `is refused by ${place} with ${[...errors].join(' or ')}${at}`;
}

/** Windows has its own names for the same errors; in one sentence about all systems the common ones are enough. */
function plain(outcome: string): string {
  return outcome.replace(/^WSA/, '');
}

function holdersIn(answers: readonly Answer[]): string {
  const holders = new Set(
    answers.flatMap(({ works, holder }) => (works === 'yes' || holder === undefined ? [] : [holder])),
  );
  if (holders.size === 0) return '';
  const numbers = [...holders].toSorted((a, b) => a - b).map((place) => String(place + 1));
  return `, because of socket${numbers.length === 1 ? '' : 's'} ${list(numbers)}`;
}

function named(systems: readonly SystemName[], most: number): string {
  if (systems.length > most && systems.length > 1) return `${systems.length} systems`;
  return list(systems.map((system) => models[system].title));
}

/** What an error message means, where no other socket is named, or those that are named do not explain it. */
function causeOf(failure: Failure, { answers, sockets }: Pick<Parts, 'answers' | 'sockets'>, most: number): string {
  const asked = sockets.at(-1);
  const isExplained = answers.some(({ works }) => works !== 'yes');
  const { protocol, port } = asked?.socket ?? { protocol: 'tcp', port: 0 };
  const which =
    asked?.noPort === true
      ? `a ${protocol.toUpperCase()} port that the text does not name`
      : `${protocol.toUpperCase()} port ${port}`;
  const own = named(failure.systems.length > 0 ? failure.systems : answers.map(({ system }) => system), most);
  const sign = failure.systems.length === 0 || most === 0 ? '' : ` (${own})`;
  switch (failure.kind) {
    case 'in use':
      if (sockets.length > 1 && isExplained) break;
      return sockets.length > 1
        ? `In use: yet the other sockets here do not explain it. Another socket has ${which}${sign}.`
        : `In use: another socket has ${which}, at an address that this one overlaps${sign}.`;
    case 'not permitted':
      if (port > 0 && port < 1024 && isExplained) {
        return `Not permitted: port ${port} takes a privilege that the program does not have${sign}.`;
      }
      if (asked?.noPort === true && !failure.systems.includes('windows')) {
        const there = failure.systems.length === 0 ? ', on Windows an excluded range or an exclusive socket' : '';
        return `Not permitted: mostly a port below 1024 without the privilege for it${there}${sign}.`;
      }
      return failure.systems.includes('windows')
        ? `Not permitted: an excluded range has ${which}, or a program has it exclusively${sign}.`
        : `Not permitted${sign}: the rules of ports do not explain it; look at SELinux, AppArmor and the sandbox.`;
    case 'not available':
      return isWildcard(asked?.socket.address ?? '::')
        ? `Not available: the machine does not have the address, which the text does not name, or not yet${sign}.`
        : `Not available: the machine does not have the address ${asked?.socket.address}, or not yet${sign}.`;
    case 'no such family':
      return `No such family: the system has no ${asked?.socket.family === 'inet6' ? 'IPv6' : 'sockets of this kind'}${sign}.`;
  }
  const { failure: _, ...rest } = asked ?? {};
  return verdictOf({ answers, sockets: [...sockets.slice(0, -1), rest as (typeof sockets)[number]] }, most);
}

/** What to do, from the most helpful sentence to none. */
function todosOf({ advice, cautions, find, answers, refusals, sockets }: Parts): string[] {
  const failing = answers.filter(({ works }) => works !== 'yes').map(({ system }) => system);
  const first =
    find.find(({ systems }) => systems.some((system) => system === answers[0]?.system))?.command ?? find[0]?.command;
  const failure = sockets.at(-1)?.failure;
  if (first !== undefined && (failing.length === 0 || (failure?.kind === 'in use' && sockets.length === 1))) {
    if (failure?.kind === 'not permitted') return failure.systems.length === 0 ? [''] : [`Look at: ${first}`, ''];
    return [`To find who has it: ${first}`, ''];
  }
  if (failing.length === 0) {
    const [caution] = cautions;
    if (caution !== undefined)
      return [`Careful: ${caution.text} (${onSystems(caution.systems)}).`, `Careful: ${caution.text}.`, ''];
    const [refusal] = refusals;
    return refusal === undefined ? [''] : [`To be refused instead: ${refusal.text} (${onSystems(refusal.helps)}).`, ''];
  }
  const end = advice.find(({ kind }) => kind === 'end' || kind === 'wait' || kind === 'machine');
  const keep = advice.find(({ kind }) => kind === 'same name');
  const other = advice.find(({ kind }) => kind === 'address' || kind === 'port');
  const said = (one: typeof keep) => {
    if (one === undefined) return [];
    const everywhere = failing.every((system) => one.helps.includes(system));
    return [everywhere ? one.text : `${one.text} (${onSystems(one.helps)})`];
  };
  const ended = end?.brief ?? end?.text;
  const isWhole = keep !== undefined && failing.every((system) => keep.helps.includes(system));
  const choices = [
    [...said(keep), ...(ended === undefined ? [] : [ended])],
    ...(isWhole ? [said(keep), ended === undefined ? [] : [ended]] : [ended === undefined ? [] : [ended], said(keep)]),
    said(other),
  ];
  return [...choices.filter((all) => all.length > 0).map((all) => `What helps: ${all.join('; or ')}.`), ''];
}

function onSystems(systems: readonly SystemName[]): string {
  return list(systems.map((system) => models[system].title));
}
