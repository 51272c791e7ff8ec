import { isLoopback4, isWildcard, unmapped } from '../model/address.ts';
import { models } from '../model/index.ts';
import type { Rule } from '../model/rules.ts';
import type { PresentSocket, SystemName } from '../model/types.ts';
import type { Simulation } from '../model/world.ts';
import type { Receivers, Reception } from '../model/receive/types.ts';
import { list } from './sentences.ts';

/** Addresses from the documentation’s own ranges. They stand for other addresses of the machine, and for a neighbour. */
const OTHER = { inet: '192.0.2.1', inet6: '2001:db8::1' } as const;
const NEIGHBOUR = { inet: '192.0.2.99', inet6: '2001:db8::99' } as const;

/** The addresses at which a socket of the question can be reached, beside the addresses that the sockets name. */
export const STAND_INS: readonly string[] = Object.values(OTHER);

/** Who receives what is sent to some addresses. */
export interface Receives {
  /** The addresses, in words: for example `127.0.0.1`, or `other IPv4 addresses`. */
  readonly to: readonly string[];
  /** All possible receivers, by the places of the sockets; undefined where they are not known. */
  readonly outcomes: readonly Reception[] | undefined;
  readonly rule: Rule | undefined;
}

/** One case of who receives: what is sent to an address, or from one. */
export interface Sent {
  /** The destination; every address by which a socket can be reached when left out. */
  readonly to?: string;
  /** The sender; a neighbour, or the loopback address for a loopback address, when left out. */
  readonly from?: { readonly address: string; readonly port?: number };
}

/**
 * Who receives, on a system, a datagram or a new connection from an address of the same kind, for each address at which
 * one of the sockets could be reached. Addresses with the same answer are together.
 */
export function receivesOf(
  system: SystemName,
  port: Pick<Simulation, 'receivers'>,
  sockets: readonly PresentSocket[],
  sent: Sent = {},
): readonly Receives[] {
  const [first] = sockets;
  if (first === undefined) return [];
  const found = new Map<string, Receives>();
  for (const { name, address, from } of targetsOf(sockets, sent)) {
    const { protocol } = first;
    const sender = { address: from, port: sent.from?.port ?? 50_000 };
    const answer = port.receivers({ protocol, from: sender, to: { address } });
    const key = JSON.stringify(answer ?? null);
    const same = found.get(key);
    found.set(key, { to: [...(same?.to ?? []), name], outcomes: answer?.outcomes, rule: ruleOf(system, answer) });
  }
  return [...found.values()];
}

/** An address that something is sent to. */
export interface SentTo {
  /** How it is called: the address, or words like `other IPv4 addresses`. */
  readonly name: string;
  readonly address: string;
  /** The sender's address. */
  readonly from: string;
}

/** The addresses by which one of the sockets could be reached, each with a sender; or those that are asked about. */
export function targetsOf(sockets: readonly PresentSocket[], { to, from }: Sent = {}): readonly SentTo[] {
  const isFour = (address: string) => !address.includes(':');
  const withSender = (name: string, address: string): SentTo => {
    const plain = unmapped(address);
    const near = isLoopback4(plain) || plain === '::1' ? plain : NEIGHBOUR[isFour(plain) ? 'inet' : 'inet6'];
    return { name, address: plain, from: from?.address ?? near };
  };
  if (to !== undefined) return [withSender(to, to)];
  const named = [...new Set(sockets.map(({ address }) => unmapped(address)))];
  const own = named.filter((address) => !isWildcard(address));
  const isAny = (family: 'inet' | 'inet6') =>
    sockets.some(({ family: its, address, v6only }) =>
      family === 'inet'
        ? unmapped(address) === '0.0.0.0' || (address === '::' && v6only !== true)
        : its === 'inet6' && address === '::',
    );
  const of = (family: 'inet' | 'inet6', loopback: string, others: string) => {
    const mine = own.filter((address) => isFour(address) === (family === 'inet'));
    if (!isAny(family)) return mine.map((address) => withSender(address, address));
    const more = mine.filter((address) => address !== loopback);
    return [
      withSender(loopback, loopback),
      ...more.map((address) => withSender(address, address)),
      withSender(others, OTHER[family]),
    ];
  };
  const all = [...of('inet', '127.0.0.1', 'other IPv4 addresses'), ...of('inet6', '::1', 'other IPv6 addresses')];
  return from === undefined ? all : all.filter(({ address }) => isFour(address) === isFour(from.address));
}

function ruleOf(system: SystemName, answer: Receivers | undefined): Rule | undefined {
  return models[system].receiveRules.find(({ id }) => id === answer?.rule);
}

/**
 * Who receives, in sentences: one line for all addresses with the same answer, and a line for sockets that receive nothing,
 * unless only one case was asked about.
 */
export function receivesInWords(
  receives: readonly Receives[],
  sockets: readonly PresentSocket[],
  isOneCase = false,
): readonly string[] {
  const lines = receives.map(({ to, outcomes, rule }) => `${list(to)}: ${whoOf(outcomes, rule)}`);
  if (isOneCase || receives.length === 0 || receives.some(({ outcomes }) => outcomes === undefined)) return lines;
  const heard = new Set(
    receives.flatMap(({ outcomes = [] }) => outcomes.flatMap((one) => (typeof one === 'string' ? [] : one))),
  );
  const deaf = sockets.flatMap(({ state }, place) =>
    heard.has(place) || !(state === undefined || state === 'bound' || state === 'listening') ? [] : [String(place + 1)],
  );
  if (deaf.length === 0) return lines;
  return [...lines, `${deaf.length === 1 ? 'Socket' : 'Sockets'} ${list(deaf)} would receive nothing.`];
}

function whoOf(outcomes: readonly Reception[] | undefined, rule: Rule | undefined): string {
  if (outcomes === undefined) return 'not known';
  const byHash = outcomes.length > 1 && rule?.spreads === true;
  return `${outcomes.map(wordsOf).join(' or ')}${byHash ? ', by the sender’s address and port' : ''}`;
}

function wordsOf(outcome: Reception): string {
  if (outcome === 'refused') return 'no one, the sender is refused';
  if (outcome === 'reset') return 'no one, the connection is made and reset';
  if (outcome === 'silence') return 'no one, and nothing tells the sender';
  if (outcome === 'no answer') return 'no one, the client waits until it gives up';
  const places = outcome.map((place) => String(place + 1));
  return places.length === 1 ? `socket ${places[0]}` : `sockets ${list(places)}, a copy each`;
}

/**
 * The outcome of a probe in the words of a plan (`s1+s2`, `refused`), in words for people.
 * @param places the places of the sockets, by their numbers in the plan
 */
export function receptionWords(outcome: string, places: ReadonlyMap<number, number>): string {
  const numbers = /^s\d+(\+s\d+)*$/.test(outcome) ? outcome.split('+').map((one) => Number(one.slice(1))) : undefined;
  if (numbers !== undefined) return wordsOf(numbers.map((number) => places.get(number) ?? number));
  return outcome === 'refused' || outcome === 'reset' || outcome === 'silence' || outcome === 'no answer'
    ? wordsOf(outcome)
    : outcome;
}
