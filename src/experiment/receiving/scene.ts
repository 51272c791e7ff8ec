import type { AddressKind } from '../../lab/lab.ts';
import type { Family } from '../../protocol/messages.ts';
import type { NumberOption } from '../../protocol/options.ts';

/**
 * An address in a scene: by its kind; the v4-mapped form of an IPv4 address of a kind; or in numeric form, for an address
 * that is the same in every lab.
 */
export type SceneAddress = AddressKind | { readonly mapped: AddressKind } | { readonly address: string };

/** An interface of the machine: the loopback one, or the one that has the external or the second external addresses. */
export type SceneDevice = 'lo' | 'external' | 'second-external';

/** A socket that sends, or several sockets with a port each. */
export interface SceneSender {
  readonly family: Family;
  /** The address that it is bound to. One of the neighbour's is on the neighbour. */
  readonly at: AddressKind;
  /** How many sockets; 1 when left out. */
  readonly sources?: number;
  /** The sender whose port it has too, at another address. */
  readonly portOf?: string;
  /** 0 turns IP_MULTICAST_LOOP or IPV6_MULTICAST_LOOP off. */
  readonly loops?: 0 | 1;
}

/** How a socket is made and bound. Over TCP it listens as soon as it is bound, unless it `staysBound`. */
export interface SceneBind {
  readonly op: 'bind';
  readonly as: string;
  readonly family: Family;
  readonly on: SceneAddress;
  /** IPV6_V6ONLY; 1 when left out. */
  readonly v6only?: 0 | 1;
  /** The options that are set to 1 before bind. */
  readonly options?: readonly NumberOption[];
  readonly device?: SceneDevice;
  readonly otherUser?: boolean;
  readonly staysBound?: boolean;
  /** The part that has it, where that has several sockets; its own when left out. */
  readonly by?: string;
}

/** The options that decide who receives and can be set to 0 or 1 on a bound socket. */
type SceneOption = 'SO_REUSEADDR' | 'SO_REUSEPORT' | 'IP_MULTICAST_ALL' | 'IPV6_MULTICAST_ALL';

export type SceneStep =
  | SceneBind
  | { readonly op: 'listen' | 'disconnect' | 'close'; readonly as: string }
  /** Connects to a sender. */
  | { readonly op: 'connect'; readonly as: string; readonly to: string }
  | { readonly op: 'set'; readonly as: string; readonly option: SceneOption; readonly value: 0 | 1 }
  /** Ties the socket to a device by SO_BINDTODEVICE. */
  | { readonly op: 'tie'; readonly as: string; readonly device: SceneDevice }
  /** Joins or leaves a group on a device; for IPv4 on the interface of the device's address. */
  | { readonly op: 'join' | 'leave'; readonly as: string; readonly group: string; readonly device: SceneDevice }
  /** Joins an IPv4 group for one sender alone, or blocks a sender of a group that it has joined. */
  | {
      readonly op: 'join-source' | 'block-source';
      readonly as: string;
      readonly group: string;
      readonly device: SceneDevice;
      readonly source: string;
    };

/** A datagram or a connection. */
export interface ScenePacket {
  readonly from: string;
  /** Where it goes. Several addresses are asked one after the other. */
  readonly to: SceneAddress | readonly SceneAddress[];
  /** How often the sender sends it; once when left out. */
  readonly times?: number;
}

/** Sockets on one port, what is done with them, and what is sent to the port afterwards. */
export interface ReceivingScene {
  readonly protocol: 'udp' | 'tcp';
  readonly senders: Readonly<Record<string, SceneSender>>;
  readonly steps: readonly SceneStep[];
  /** By the names that they have in the observation. */
  readonly packets: Readonly<Record<string, ScenePacket>>;
  /** Groups that a socket on another port joins, so that the machine takes their datagrams on that device. */
  readonly subscribed?: readonly { readonly group: string; readonly device: SceneDevice }[];
}

/** The addresses that a packet goes to. */
export function destinationsOf({ to }: ScenePacket): readonly SceneAddress[] {
  return Array.isArray(to) ? (to as readonly SceneAddress[]) : [to as SceneAddress];
}

/** A sender of a scene. @throws RangeError when the scene has no sender of this name */
export function senderIn({ senders }: ReceivingScene, name: string): SceneSender {
  const sender = senders[name];
  if (sender === undefined) throw new RangeError(`the scene has no sender '${name}'`);
  return sender;
}

/** By the size of a group, so many sources that chance misses one of its members less than once in 10^11 runs. */
export const CROWDS = { '2': 42, '3': 72, '4': 100 } as const;

/** Who received a packet, in words: `first`; `first, second` where each got a copy; or how no one did. */
export function inReceiverWords(reception: readonly string[] | string): string {
  if (typeof reception === 'string') return reception;
  return reception.length === 0 ? 'silence' : reception.join(', ');
}

/** Who received packets of several sources, in words: each different outcome once, in alphabetical order. */
export function togetherInWords(receptions: Iterable<string>): string {
  return [...new Set(receptions)].toSorted().join(' or ');
}

/** The name of a socket in one word: its family and how it takes IPv4, and the kind of its address. */
export type NameOfSocket = `${'inet' | 'inet6' | 'dual' | 'mapped'}-${AddressKind}`;

/**
 * The step that makes a socket with one of these names: `inet6-…` takes IPv6 only, `dual-wildcard` is a `::` that takes IPv4
 * too, and `mapped-…` is an AF_INET6 socket on the v4-mapped form of an IPv4 address.
 */
export function bindAs(
  as: string,
  name: NameOfSocket,
  options: readonly NumberOption[] = [],
  more: Pick<SceneBind, 'device' | 'otherUser' | 'staysBound'> = {},
): SceneBind {
  const [form = '', ...kinds] = name.split('-');
  const kind = kinds.join('-') as AddressKind;
  const family = form === 'inet' ? 'inet' : 'inet6';
  const isSixOnly = form === 'inet' || form === 'inet6';
  const on = form === 'mapped' ? { mapped: kind } : kind;
  return { op: 'bind', as, family, on, ...(isSixOnly ? {} : { v6only: 0 }), options, ...more };
}

/** The expectation for many packets where each of them may have any of these outcomes: every set of them, in words. */
export function anyOf(outcomes: readonly string[]): { readonly oneOf: readonly string[] } {
  const sets = Array.from({ length: 2 ** outcomes.length - 1 }, (_, number) =>
    outcomes.filter((_outcome, place) => ((number + 1) >> place) % 2 === 1),
  );
  return { oneOf: sets.map(togetherInWords) };
}
