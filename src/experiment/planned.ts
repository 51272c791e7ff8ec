import type { AddressKind } from '../lab/lab.ts';
import type { Family } from '../protocol/messages.ts';
import type { NumberOption } from '../protocol/options.ts';
import type { OwnStep } from '../plan/operations.ts';
import type { Outcome } from './outcome.ts';

/** A socket that an experiment binds, as data: the trial runs it, and the models are asked about it. */
export interface PlannedSocket {
  /** The part that owns it; the sockets of one part belong to one process. */
  readonly as: string;
  readonly protocol: 'udp' | 'tcp';
  readonly family: Family;
  /** The address by its kind, or in numeric form where it has none. */
  readonly on: AddressKind | { readonly address: string };
  /** IPV6_V6ONLY of an IPv6 socket, set before bind; 1 when left out, because systems differ in the default. */
  readonly v6only?: 0 | 1;
  /** Socket options that are set to 1 before bind. */
  readonly options?: readonly NumberOption[];
  readonly otherUser?: boolean;
  /** Sockets with different numbers are on different ports; 0 when left out. */
  readonly port?: number;
  /** The interface that the socket is tied to before bind, by SO_BINDTODEVICE. */
  readonly device?: string;
  /** Whether a TCP socket is only bound; without it, the socket listens as soon as it is bound. */
  readonly staysBound?: boolean;
  /**
   * The steps that are done with it afterwards, before the next socket is made; none of them if it could not be bound.
   * `bindAll` does these steps, and follows `device` and `staysBound`; `serveAll` has only servers, and refuses all three.
   */
  readonly afterwards?: readonly LaterStep[];
}

/** A step of a plan on a socket that is there, in which no other process takes part; a close() leaves nothing on the port. */
type LaterStep = WithoutSocket<OwnStep>;
type WithoutSocket<T> = T extends unknown ? Omit<T, 'socket' | 'leaves'> : never;

/** What became of a socket: `ok`, or what the first failed call returned. */
export interface Came {
  readonly outcome: Outcome;
  /** The call that failed, or the last call that was made. */
  readonly call: 'setsockopt' | 'bind' | 'listen';
}

/** The observation of two sockets. */
export interface Pair {
  first: Outcome;
  second: Outcome;
  /** The call that decided the outcome of the second socket. */
  call: Came['call'];
}

/** The observation of a pair. */
export function pairOf([first, second]: readonly Came[]): Pair {
  if (first === undefined || second === undefined) throw new RangeError('a pair is of two sockets');
  return { first: first.outcome, second: second.outcome, call: second.call };
}

/** The observation of servers: whether each could serve. */
export function serversOf(came: readonly Came[]): { servers: Outcome[] } {
  return { servers: came.map(({ outcome }) => outcome) };
}
