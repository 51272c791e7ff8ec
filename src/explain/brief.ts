import type { SystemName } from '../model/types.ts';
import { isMapped, isWildcard, unmapped } from '../model/address.ts';
import { models } from '../model/index.ts';
import type { Answer } from './answer.ts';
import type { Explanation } from './explanation.ts';
import type { Failure } from './reader/failure.ts';
import { alsoSentences } from './also.ts';
import { holderInWords, type Reading } from './reader/reading.ts';
import { list } from './sentences.ts';
import type { Supposed } from './supposed.ts';
import { todosOf } from './todo.ts';
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
  const asked = parts.sockets.at(-1);
  const also = asked === undefined ? [] : alsoSentences(parts.also, { socket: asked.socket, ...kindOf(asked) });
  const all = also.length === 0 ? tries : withAlso(tries, also);
  const fitting = all.find((sentences) => lines(sentences) <= MOST_LINES) ?? [least, ...also.slice(-1)];
  return fitting.filter((sentence) => sentence !== '');
}

/** Each try with what else failed: as a sentence of its own, or on the line of the advice. Those without advice are last. */
function withAlso(tries: readonly string[][], also: readonly string[]): string[][] {
  const all = also.flatMap((one) => [
    ...tries.map((sentences) => [...sentences, one]),
    ...tries.map(([verdict = '', todo = '']) => [verdict, `${todo} ${one}`.trim()]),
  ]);
  const advises = (sentences: readonly string[]) => sentences[1] !== '' && !also.includes(sentences[1] ?? '');
  return [...all.filter(advises), ...all.filter((sentences) => !advises(sentences))];
}

function kindOf({ failure }: Pick<Reading, 'failure'>): { kind?: Failure['kind'] } {
  return failure === undefined ? {} : { kind: failure.kind };
}

function lines(sentences: readonly string[]): number {
  return sentences.reduce((sum, sentence) => sum + wrap(sentence, WIDTH).length, 0);
}

/**
 * What all systems do with the last socket, in one sentence.
 * @param most how many systems are named at most for one outcome; of more only the number is said
 */
export function verdictOf(
  { answers, sockets, supposed }: Pick<Parts, 'answers' | 'sockets' | 'supposed'>,
  most = 8,
): string {
  const failure = sockets.at(-1)?.failure;
  if (failure !== undefined)
    return causeOf(failure, { answers, sockets, ...(supposed === undefined ? {} : { supposed }) }, most);
  if (supposed !== undefined) return ofRow(sockets[0], supposed, most);
  const who = `Socket ${sockets.length}${sockets.length === 1 ? ' alone' : ''}`;
  return `${who} ${outcomesOf(answers, most)}.`;
}

/** What a row of a listing means: who has the port, and what another socket of the same name gets. */
function ofRow(row: Parts['sockets'][number] | undefined, { answers }: Supposed, most: number): string {
  const { protocol, port } = row?.socket ?? { protocol: 'tcp', port: 0 };
  const who = row?.holder === undefined ? 'a socket' : holderInWords(row.holder);
  return `Held: ${who} has ${protocol.toUpperCase()} port ${port}. Another on the same name ${outcomesOf(answers, most, false)}.`;
}

/** What the systems do, as the rest of a sentence. */
function outcomesOf(answers: readonly Answer[], most: number, namesHolders = true): string {
  const groups = groupsOf(answers);
  const parts = groups.map(({ works, answers: own }, place) => {
    const isRest = groups.length > 1 && place === groups.length - 1 && own.length > 3;
    const where = isRest
      ? `the other ${own.length}`
      : named(
          own.map(({ system }) => system),
          most,
        );
    const isNamed = place === 0 || groups.length === 1 || works !== 'yes';
    const because = namesHolders && isNamed ? holdersIn(own) : '';
    return `${verbOf(works, own, where)}${because}`;
  });
  return parts.join('; it ');
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
  const isWinsock = own.every(({ system }) => system === 'windows' || system === 'wine');
  const errorNames = own.flatMap(({ outcomes }) => outcomes.filter((one) => one !== 'ok'));
  const errors = new Set(isWinsock ? errorNames : errorNames.map(plain));
  const at = own.every(({ call }) => call === 'listen') ? ' at listen()' : '';
  return `is refused by ${place} with ${[...errors].join(' or ')}${at}`;
}

/**
 * Windows has its own names for the same errors; in one sentence about all systems the common ones are enough. WSAEACCES is
 * another error than EACCES: a socket or a range excludes others, and no privilege helps.
 */
function plain(outcome: string): string {
  return outcome === 'WSAEACCES' ? outcome : outcome.replace(/^WSA/, '');
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
function causeOf(
  failure: Failure,
  { answers, sockets, supposed }: Pick<Parts, 'answers' | 'sockets' | 'supposed'>,
  most: number,
): string {
  const asked = sockets.at(-1);
  const isExplained = answers.some(({ works }) => works !== 'yes');
  const { protocol, port } = asked?.socket ?? { protocol: 'tcp', port: 0 };
  const either = asked?.either === true ? 'TCP or UDP' : protocol.toUpperCase();
  const which = asked?.noPort === true ? `a ${either} port that the text does not name` : `${either} port ${port}`;
  const systems = answers.map(({ system }) => system);
  const own = named(systems, most);
  const sign = failure.systems.length === 0 || most === 0 ? '' : ` (${own})`;
  switch (failure.kind) {
    case 'in use':
      if (sockets.length > 1 && isExplained) break;
      if (sockets.length === 1 && failure.program === 'HTTP.sys') {
        return `In use: another program has ${which}, or the same prefix of HTTP.sys${sign}.`;
      }
      if (sockets.length === 1 && failure.program === 'Kubernetes') {
        return `In use: another pod or service of the cluster has ${which}.`;
      }
      if (supposed?.lacksOptions === true) return `In use: another socket has ${which}, and does not share it${sign}.`;
      return sockets.length > 1
        ? `In use: yet the other sockets here do not explain it. Another socket has ${which}${sign}.`
        : `In use: another socket has ${which}, at an address that this one overlaps${sign}.`;
    case 'not permitted':
      return `Not permitted: ${heldOnWindows(sockets, answers, which) ?? notPermitted(failure, asked, which, answers)}${sign}.`;
    case 'not available':
      return `Not available: ${notAvailable(asked?.socket.address ?? '::', asked?.noAddress === true)}${sign}.`;
    case 'no such family':
      return `No such family: the system has no ${asked?.socket.family === 'inet6' ? 'IPv6' : 'sockets of this kind'}${sign}.`;
  }
  const { failure: _, ...rest } = asked ?? {};
  return verdictOf({ answers, sockets: [...sockets.slice(0, -1), rest as (typeof sockets)[number]] }, most);
}

/** Why a port is not permitted, as far as the system, the port and the program tell. */
function notPermitted(
  { systems, program }: Failure,
  asked: Pick<Reading, 'socket' | 'noPort' | 'text'> | undefined,
  which: string,
  answers: readonly Answer[],
): string {
  if (program === 'HTTP.sys') return 'HTTP.sys gives a prefix to an administrator, or to whom it is reserved for';
  const isKnown = systems.length > 0 || answers.length < Object.keys(models).length;
  const isWindows = answers.every(({ system }) => system === 'windows' || system === 'wine');
  const mayBeWindows = !isKnown && !UNIX_ONLY.test(asked?.text ?? '');
  const port = asked?.socket.port ?? 0;
  if (asked?.noPort === true && !isWindows) {
    return `mostly a port below 1024 without the privilege for it${mayBeWindows ? ', on Windows an excluded range or an exclusive socket' : ''}`;
  }
  const refusing = answers.filter(({ works }) => works !== 'yes');
  if (isWindows && refusing.length > 0) return `an excluded range has ${which}`;
  if (isWindows) return `an excluded range has ${which}, or a program has it exclusively`;
  if (refusing.some(({ outcomes }) => outcomes.includes('EACCES'))) {
    const there = mayBeWindows ? '; on Windows another has the port' : '';
    return `port ${port} takes a privilege that the program does not have${there}`;
  }
  if (isKnown) return 'the rules of ports do not explain it; look at SELinux, AppArmor and the sandbox';
  return `on Windows an excluded range has ${which}, or a program exclusively; elsewhere SELinux, AppArmor or a sandbox forbids it`;
}

/** Windows does not permit a name that another has exclusively: with a row of one on the port, that is the likely reason. */
function heldOnWindows(sockets: Parts['sockets'], answers: readonly Answer[], which: string): string | undefined {
  const [row, ...more] = sockets.slice(0, -1);
  if (row === undefined || more.length > 0 || !answers.some(({ system }) => system === 'windows')) return undefined;
  const who = row.holder === undefined ? 'socket 1' : holderInWords(row.holder);
  return `${who} has ${which}, and does not share it`;
}

/** Signs that a port was not permitted on Unix. */
const UNIX_ONLY = /\(13[:)]|Errno 13|AH00072|privileged port/i;

/** Why the machine does not have an address. */
function notAvailable(address: string, isUnnamed: boolean): string {
  if (address === '::' && !isUnnamed) return 'the system does not let [::] be bound; its IPv6 is off, or not complete';
  if (isWildcard(address)) return 'the machine does not have the address, which the text does not name, or not yet';
  if (address === '::1') return 'the machine does not have ::1: its IPv6 is off, as in most containers';
  const outside = isPublic4(address)
    ? '; it may be that of the router or the cloud in front, or not there yet'
    : ', or not yet';
  return `the machine does not have the address ${address}${outside}`;
}

/** Whether an IPv4 address is one of the Internet: neither private, shared, link-local nor loopback. */
function isPublic4(address: string): boolean {
  const [a = 0, b = 0] = unmapped(address).split('.').map(Number);
  if (address.includes(':') && !isMapped(address)) return false;
  const isOwn = a === 10 || a === 127 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
  return !isOwn && !(a === 169 && b === 254) && !(a === 100 && b >= 64 && b < 128) && a < 224;
}
