import { isLoopback4 } from '../model/address.ts';
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

/**
 * Who receives, on a system, a datagram or a new connection from an address of the same kind, for each address at which
 * one of the sockets could be reached. Addresses with the same answer are together.
 */
export function receivesOf(
  system: SystemName,
  port: Pick<Simulation, 'receivers'>,
  sockets: readonly PresentSocket[],
): readonly Receives[] {
  const [first] = sockets;
  if (first === undefined) return [];
  const found = new Map<string, Receives>();
  for (const { name, address, from } of targetsOf(sockets)) {
    const { protocol } = first;
    const answer = port.receivers({ protocol, from: { address: from, port: 50_000 }, to: { address } });
    const key = JSON.stringify(answer ?? null);
    const same = found.get(key);
    found.set(key, { to: [...(same?.to ?? []), name], outcomes: answer?.outcomes, rule: ruleOf(system, answer) });
  }
  return [...found.values()];
}

interface Target {
  readonly name: string;
  readonly address: string;
  readonly from: string;
}

function targetsOf(sockets: readonly PresentSocket[]): readonly Target[] {
  const named = [...new Set(sockets.map(({ address }) => address.replace(/^::ffff:(?=\d+\.)/, '')))];
  const isFour = (address: string) => !address.includes(':');
  const takesFour = sockets.some(({ family, address, v6only }) =>
    family === 'inet' ? true : address === '::' ? v6only !== true : address.includes('.'),
  );
  const takesSix = sockets.some(({ family, address }) => family === 'inet6' && !address.includes('.'));
  const own = named.filter((address) => address !== '0.0.0.0' && address !== '::');
  const target = (address: string): Target => ({
    name: address,
    address,
    from: isLoopback4(address) || address === '::1' ? address : NEIGHBOUR[isFour(address) ? 'inet' : 'inet6'],
  });
  const of = (loopback: string, family: keyof typeof OTHER, words: string, mine: readonly string[]) => [
    target(loopback),
    ...mine.filter((address) => address !== loopback).map(target),
    { ...target(OTHER[family]), name: words },
  ];
  return [
    ...(takesFour ? of('127.0.0.1', 'inet', 'other IPv4 addresses', own.filter(isFour)) : []),
    ...(takesSix
      ? of(
          '::1',
          'inet6',
          'other IPv6 addresses',
          own.filter((address) => !isFour(address)),
        )
      : []),
  ];
}

function ruleOf(system: SystemName, answer: Receivers | undefined): Rule | undefined {
  return models[system].receiveRules.find(({ id }) => id === answer?.rule);
}

/** Who receives, in sentences: one line for all addresses with the same answer, and a line for sockets that receive nothing. */
export function receivesInWords(receives: readonly Receives[], sockets: readonly PresentSocket[]): readonly string[] {
  const lines = receives.map(({ to, outcomes, rule }) => `${list(to)}: ${whoOf(outcomes, rule)}`);
  if (receives.length === 0 || receives.some(({ outcomes }) => outcomes === undefined)) return lines;
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
