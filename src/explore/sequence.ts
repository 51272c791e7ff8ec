import type { Family, Protocol } from '../model/types.ts';

/** Who owns a socket: the first owner, or another process, of another user where there is one. */
export type Owner = 1 | 2;

/** The options that a sequence sets before a bind and changes after it. */
export const CHANGEABLE = ['reuseaddr', 'reuseport'] as const;
export type Changeable = (typeof CHANGEABLE)[number];

/** A name to bind to. */
export interface Place {
  readonly family: Family;
  readonly address: string;
  /** IPV6_V6ONLY of the socket; false for IPv4. */
  readonly v6only: boolean;
}

/** One operation of a sequence. Sockets are named by numbers; all of them want the same port. */
export type Step =
  /** A new socket is made, given its options, and bound. It stays, unbound, when bind() refuses. */
  | ({
      readonly op: 'bind';
      readonly socket: number;
      readonly owner: Owner;
      readonly options: readonly Changeable[];
    } & Place)
  /** The same socket is bound to the same name again. */
  | { readonly op: 'rebind'; readonly socket: number }
  | { readonly op: 'set'; readonly socket: number; readonly option: Changeable; readonly value: boolean }
  | { readonly op: 'listen'; readonly socket: number }
  /** To a peer of the lab at one of the machine's own addresses. */
  | { readonly op: 'connect'; readonly socket: number; readonly to: string }
  | { readonly op: 'disconnect'; readonly socket: number }
  /** A client connects to the address, and the listener's owner accepts: the child is the new socket. */
  | { readonly op: 'accept'; readonly socket: number; readonly listener: number; readonly to: string }
  | { readonly op: 'shutdown'; readonly socket: number }
  | { readonly op: 'close'; readonly socket: number };

/** What is done with one port of one protocol. */
export interface Sequence {
  readonly protocol: Protocol;
  readonly steps: readonly Step[];
}

export const LONGEST = 8;
export const SHORTEST = 2;

/** Whether an address is in IPv4 form; a v4-mapped one is not. */
export function isInet(address: string): boolean {
  return !address.includes(':');
}
