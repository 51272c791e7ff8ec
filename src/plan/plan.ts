import type { Family, Options, Protocol } from '../model/types.ts';

/**
 * Who makes a socket: the first or the second owner, or a process of the neighbour. The two owners are processes of the
 * machine, and have different users where there are two users.
 */
export type Owner = 1 | 2 | 'neighbour';

/** A socket option of a plan; every one is off until it is set. */
export type PlanOption = keyof Options;

/** How a socket is made: by which owner, with which arguments of socket(), and with which options before it is bound. */
export interface Making {
  readonly owner: Owner;
  readonly family: Family;
  /**
   * The value that IPV6_V6ONLY is set to; `default` leaves the system's own value. It is false for IPv4, which does not
   * have the option.
   */
  readonly v6only: boolean | 'default';
  /** The options that are set, in this order. */
  readonly options: readonly PlanOption[];
  /** SO_BINDTODEVICE: the interface that the socket is tied to, set last. */
  readonly device?: string;
  /** The user, where a plan names it; without it, the owner's user. */
  readonly uid?: number;
  /** The protocol, where it differs from the plan's. */
  readonly protocol?: Protocol;
}

/** The TCP states that a close() can leave on the port. */
export const LEAVINGS = ['fin-wait-1', 'fin-wait-2', 'time-wait'] as const;
export type Leaving = (typeof LEAVINGS)[number];

/** One step on a socket. Sockets are named by numbers. */
export type Step =
  /** socket() and its options. */
  | ({ readonly op: 'open'; readonly socket: number } & Making)
  /**
   * bind(). With `makes`, it makes a new socket first; that socket stays, unbound, if bind() refuses. Without `makes`, it
   * binds a socket that is there. The port is the plan's own, chosen by whoever plays it, unless the step names one.
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
  /** Connects to a peer at one of the machine's own addresses. */
  | { readonly op: 'connect'; readonly socket: number; readonly to: string }
  | { readonly op: 'disconnect'; readonly socket: number }
  /** A client connects to the address, and the listener's owner accepts: the child is the new socket. */
  | { readonly op: 'accept'; readonly socket: number; readonly listener: number; readonly to: string }
  /** The other end of a connection closes. */
  | { readonly op: 'peer-close'; readonly socket: number }
  | { readonly op: 'shutdown'; readonly socket: number }
  /** close(). A connection is reset, so that nothing stays on its port, unless the step says which state the close() leaves. */
  | { readonly op: 'close'; readonly socket: number; readonly leaves?: Leaving };

/** The steps on some sockets, in order. */
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

/** How a step makes a socket by socket(); undefined for other steps. accept() also makes a socket, but like its listener. */
export function makingOf(step: Step): Making | undefined {
  return step.op === 'open' ? step : step.op === 'bind' ? step.makes : undefined;
}

/** The protocol of a socket: the plan's, unless the socket has its own. */
export function protocolOf({ protocol }: Making, own: Protocol): Protocol {
  return protocol ?? own;
}
