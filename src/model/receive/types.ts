import type { Protocol, RuleId } from '../types.ts';

/** A datagram, or the first packet of a connection, that arrives. */
export interface Packet {
  readonly protocol: Protocol;
  /** Who sends it. */
  readonly from: { readonly address: string; readonly port: number };
  /** The destination; its port is the simulated one. */
  readonly to: { readonly address: string };
  /**
   * The device by which it arrives. When left out: that of the scope that an address ends in; on Linux lo for a loopback
   * address; else the device that has the destination, if the setting names it, on Linux and for link-local addresses.
   */
  readonly device?: string;
  /**
   * The routing table by which it arrives: on FreeBSD the FIB of that device, on OpenBSD its routing domain. When left out:
   * the one domain that has the destination, if the setting names it (OpenBSD); else 0.
   */
  readonly domain?: number;
}

/**
 * One possible outcome for a packet: the numbers of all sockets that get it (if there are several, each gets a copy), or
 * the way in which no socket gets it. `refused`: the sender gets an ICMP error or a reset. `silence`: a datagram is lost
 * without any error. `reset`: the connection is made, and reset at once. `no answer`: the client gets no answer until it
 * gives up.
 */
export type Reception = readonly number[] | 'refused' | 'silence' | 'reset' | 'no answer';

/** Who may receive a packet: all possible outcomes, and the rule that decided. */
export interface Receivers {
  readonly outcomes: readonly Reception[];
  readonly rule: RuleId;
}
