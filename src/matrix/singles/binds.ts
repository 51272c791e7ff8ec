import type { Model } from '../../model/index.ts';
import type { NextSocket, Protocol, Setting } from '../../model/types.ts';
import type { NumberOption } from '../../protocol/options.ts';
import type { Family } from '../../protocol/messages.ts';
import { PROTOCOLS } from '../axes.ts';
import { allowedOf, type Allowed } from '../prediction.ts';
import { spellSingle, type SingleName } from './names.ts';

/** How a name is bound: every column of a table of single binds. */
export interface SingleManner {
  readonly protocol: Protocol;
  /** The value that IPV6_V6ONLY is set to; null where it is not set. */
  readonly v6only: boolean | null;
  /** Whether the port is one below 1024. */
  readonly low: boolean;
  /** Who binds: the first owner, or the second, who has no privilege. */
  readonly owner: 1 | 2;
  /** An option that is set before, to 1; null for none. */
  readonly option: NumberOption | null;
}

/** All names of one family, each bound in each of some manners. */
export interface SingleBlock {
  readonly family: Family;
  readonly names: readonly SingleName[];
  readonly manners: readonly SingleManner[];
}

/** The options that let a socket be bound to an address that no interface has, by system. */
const ANY_ADDRESS: Readonly<Partial<Record<string, Readonly<Record<Family, readonly NumberOption[]>>>>> = {
  linux: { inet: ['IP_FREEBIND', 'IP_TRANSPARENT'], inet6: ['IPV6_FREEBIND', 'IPV6_TRANSPARENT'] },
  freebsd: { inet: ['IP_BINDANY'], inet6: ['IPV6_BINDANY'] },
  netbsd: { inet: ['IP_BINDANY'], inet6: ['IPV6_BINDANY'] },
  openbsd: { inet: ['SO_BINDANY'], inet6: ['SO_BINDANY'] },
};

/** What a lab makes possible. */
export interface SingleMeans {
  readonly system: string;
  /** Whether there is a second user. */
  readonly otherUser: boolean;
  /** Whether low ports are free to be bound. */
  readonly lowPorts: boolean;
  /** Whether IPV6_V6ONLY can be set to 0. */
  readonly dualStack: boolean;
}

/** The blocks of single binds of some names. */
export function singleBlocks(names: readonly SingleName[], means: SingleMeans): SingleBlock[] {
  const blocks = (['inet', 'inet6'] as const).map((family) => ({
    family,
    names: names.filter((name) => name.family === family),
    manners: mannersOf(family, means),
  }));
  return blocks.filter((block) => block.names.length > 0);
}

function mannersOf(family: Family, { system, otherUser, lowPorts, dualStack }: SingleMeans): SingleManner[] {
  const v6onlys = family === 'inet' ? [null] : dualStack ? [null, false, true] : [null, true];
  const owners = otherUser ? ([1, 2] as const) : ([1] as const);
  const lows = lowPorts ? [false, true] : [false];
  const options = [null, ...(ANY_ADDRESS[system]?.[family] ?? [])];
  return PROTOCOLS.flatMap((protocol) =>
    v6onlys.flatMap((v6only) =>
      lows.flatMap((low) =>
        owners.flatMap((owner) => options.map((option): SingleManner => ({ protocol, v6only, low, owner, option }))),
      ),
    ),
  );
}

/** The users of the two owners. */
export type Users = Readonly<Record<1 | 2, number>>;

/** A model's prediction for one bind, as a function of the name and the manner. */
export function singlePredictor(model: Model, setting: Setting, users: Users) {
  const empty = model.simulate(setting);
  return (name: SingleName, manner: SingleManner): Allowed => {
    const next: NextSocket = {
      protocol: manner.protocol,
      family: name.family,
      ...(manner.v6only === null ? {} : { v6only: manner.v6only }),
      address: spellSingle(name),
      port: manner.low ? LOW_PORT : HIGH_PORT,
      uid: users[manner.owner],
      ...(manner.option === null ? {} : { anyAddress: true }),
    };
    return allowedOf(empty.step({ op: 'bind', socket: 1, ...next }).prediction);
  };
}

/** The ports that stand for any low one and any other. */
const LOW_PORT = 1000;
const HIGH_PORT = 20_000;

/** A manner in words for people, for example `UDP, V6ONLY=0, a low port, another user, IP_FREEBIND`. */
export function mannerInWords({ protocol, v6only, low, owner, option }: SingleManner): string {
  return [
    protocol.toUpperCase(),
    ...(v6only === null ? [] : [`V6ONLY=${v6only ? 1 : 0}`]),
    ...(low ? ['a low port'] : []),
    ...(owner === 1 ? [] : ['another user']),
    ...(option === null ? [] : [option]),
  ].join(', ');
}

/**
 * Whether an answer can be compared with a model: one about bind(). An option that could not be set, because the user may not
 * or the system does not have it, is not a mistake of a model.
 */
export function isComparable(answer: string): boolean {
  return answer === 'ok' || answer.startsWith('bind ');
}

/** Whether a prediction allows an answer about bind(). */
export function allowsSingle({ outcomes }: Allowed, answer: string): boolean {
  return (outcomes as readonly string[]).includes(answer === 'ok' ? 'ok' : answer.replace(/^bind /, ''));
}
