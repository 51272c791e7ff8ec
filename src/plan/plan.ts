import type { Family, Options, Protocol } from '../model/types.ts';

/**
 * Who makes a socket: the first or the second owner, which are processes of the machine, of two users where there are
 * two; or a process of the neighbour.
 */
export type Owner = 1 | 2 | 'neighbour';

/** A socket option of a plan; every one is off until it is set. */
export type PlanOption = keyof Options;

/** How a socket is made: by whom, by which arguments of socket(), and with which options before it is bound. */
export interface Making {
  readonly owner: Owner;
  readonly family: Family;
  /** The value that IPV6_V6ONLY is set to; `default` leaves it as the system has it. False for IPv4, which has none. */
  readonly v6only: boolean | 'default';
  /** The options that are set, in this order. */
  readonly options: readonly PlanOption[];
  /** SO_BINDTODEVICE: the interface that the socket is tied to, set last. */
  readonly device?: string;
  /** The user, where a plan names it; otherwise that of the owner. */
  readonly uid?: number;
  /** Where it is not the plan's. */
  readonly protocol?: Protocol;
}

/** The TCP states that a close() can leave on the port. */
export const LEAVINGS = ['fin-wait-1', 'fin-wait-2', 'time-wait'] as const;
export type Leaving = (typeof LEAVINGS)[number];

/** One thing that is done with a socket. Sockets are named by numbers. */
export type Step =
  /** socket() and its options. */
  | ({ readonly op: 'open'; readonly socket: number } & Making)
  /**
   * bind(). With `makes`, of a new socket, which is made first and stays, unbound, when bind() refuses; without, of a
   * socket that is there. The port is the plan's own, which whoever plays it chooses, unless the step names one.
   */
  | {
      readonly op: 'bind';
      readonly socket: number;
      readonly makes?: Making;
      readonly address: string;
      readonly port?: number;
    }
  | { readonly op: 'set'; readonly socket: number; readonly option: PlanOption; readonly value: boolean }
  /** Ties a socket to a device, or unties it. */
  | { readonly op: 'set'; readonly socket: number; readonly device: string | null }
  | { readonly op: 'listen'; readonly socket: number }
  /** To a peer at one of the machine's own addresses. */
  | { readonly op: 'connect'; readonly socket: number; readonly to: string }
  | { readonly op: 'disconnect'; readonly socket: number }
  /** A client connects to the address, and the listener's owner accepts: the child is the new socket. */
  | { readonly op: 'accept'; readonly socket: number; readonly listener: number; readonly to: string }
  /** The other end of a connection is closed. */
  | { readonly op: 'peer-close'; readonly socket: number }
  | { readonly op: 'shutdown'; readonly socket: number }
  /** A connection is reset, so that nothing stays on its port, unless the step says which state the close() leaves. */
  | { readonly op: 'close'; readonly socket: number; readonly leaves?: Leaving };

/** What is done with some sockets, in order. */
export interface Plan {
  readonly protocol: Protocol;
  readonly steps: readonly Step[];
}

/** Whether an address is in IPv4 form; a v4-mapped one is not. */
export function hasInetForm(address: string): boolean {
  return !address.includes(':');
}

/** Whether a step makes a new socket. */
export function isMaking(step: Step): boolean {
  return step.op === 'open' || step.op === 'accept' || (step.op === 'bind' && step.makes !== undefined);
}

/** How a step makes a socket by socket(); undefined for the others, of which accept() makes one like its listener. */
export function makingOf(step: Step): Making | undefined {
  return step.op === 'open' ? step : step.op === 'bind' ? step.makes : undefined;
}

/** The protocol of a socket: the plan's, unless it has its own. */
export function protocolOf({ protocol }: Making, own: Protocol): Protocol {
  return protocol ?? own;
}
