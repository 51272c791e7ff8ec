import type { Family, Options, Protocol, ReceiveOptions } from '../model/types.ts';

/**
 * Who makes a socket: the first or the second owner, or a process of the neighbour. The two owners are processes of the
 * machine, and have different users where there are two users.
 */
export type Owner = 1 | 2 | 'neighbour';

/** A socket option of a plan; every one is off until it is set. */
export type PlanOption = keyof Options;

/** An option that a step can set: also one that only decides who receives. */
export type SetOption = PlanOption | keyof ReceiveOptions;

/** The sender of a probe: an address of the machine or of the neighbour. */
export interface ProbeSource {
  readonly address: string;
  /** Its port; without it, one that the system chooses, which is the port of no peer. */
  readonly port?: number;
  /** Whether it is the neighbour that sends. */
  readonly owner?: 'neighbour';
}

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

/**
 * A datagram to an address of the machine, or over TCP a client that connects to it. Its outcome is who receives it. It
 * changes nothing: a connection is reset at once.
 */
export interface ProbeStep {
  readonly op: 'probe';
  readonly to: string;
  /** The port; the plan's own when left out. */
  readonly port?: number;
  /** Without it, the loopback address of the same family sends, from a port that the system chooses. */
  readonly from?: ProbeSource;
  /** The protocol, where it differs from the plan's. */
  readonly protocol?: Protocol;
}

/** One step of a plan. */
export type Step = SocketStep | ProbeStep;

/** One step on a socket. Sockets are named by numbers. */
export type SocketStep =
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
  | { readonly op: 'set'; readonly socket: number; readonly option: SetOption; readonly value: boolean }
  /** Ties a socket to a device, or unties it. */
  | { readonly op: 'set'; readonly socket: number; readonly device: string | null }
  | { readonly op: 'listen'; readonly socket: number }
  /** Joins or leaves a multicast group, on a device if one is named; else the system chooses the device. */
  | { readonly op: 'join' | 'leave'; readonly socket: number; readonly group: string; readonly device?: string }
  /** Connects to a peer. The port is one that whoever plays the plan chooses, unless the step names one. */
  | { readonly op: 'connect'; readonly socket: number; readonly to: string; readonly port?: number }
  | { readonly op: 'disconnect'; readonly socket: number }
  /** A client connects to the address, and the listener's owner accepts: the child is the new socket. */
  | { readonly op: 'accept'; readonly socket: number; readonly listener: number; readonly to: string }
  /** The other end of a connection closes. */
  | { readonly op: 'peer-close'; readonly socket: number }
  | { readonly op: 'shutdown'; readonly socket: number }
  /** close(). A connection is reset, so that nothing stays on its port, unless the step says which state the close() leaves. */
  | { readonly op: 'close'; readonly socket: number; readonly leaves?: Leaving };

/** The steps on some sockets, in order. */
export interface Plan<S extends Step = Step> {
  readonly protocol: Protocol;
  readonly steps: readonly S[];
}

/** Whether a step does something with a socket. */
export function isOnSocket(step: Step): step is SocketStep {
  return step.op !== 'probe';
}

/** Whether an address is in IPv4 form; a v4-mapped one is not. */
export function hasInetForm(address: string): boolean {
  return !address.includes(':');
}

/** Whether a step makes a new socket. */
export function isMaking(step: Step): boolean {
  return step.op === 'open' || step.op === 'accept' || (step.op === 'bind' && step.makes !== undefined);
}

/** Whether a step needs the other end of the socket's connection. */
export function usesOtherEnd(step: Step): step is Extract<SocketStep, { op: 'peer-close' | 'close' }> {
  return step.op === 'peer-close' || (step.op === 'close' && step.leaves !== undefined);
}

/** The socket whose state decides whether a step is possible: of accept(), the listener. A probe has none. */
export function usedBy(step: Step): number | undefined {
  return step.op === 'probe' ? undefined : step.op === 'accept' ? step.listener : step.socket;
}

/** How a step makes a socket by socket(); undefined for other steps. accept() also makes a socket, but like its listener. */
export function makingOf(step: Step): Making | undefined {
  return step.op === 'open' ? step : step.op === 'bind' ? step.makes : undefined;
}

/** The protocol of a socket or of a probe: the plan's, unless it has its own. */
export function protocolOf({ protocol }: { readonly protocol?: Protocol }, own: Protocol): Protocol {
  return protocol ?? own;
}
