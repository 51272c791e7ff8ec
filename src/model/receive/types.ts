import type { Protocol, RuleId } from '../types.ts';

/** A datagram, or the first packet of a connection, that comes in. */
export interface Packet {
  readonly protocol: Protocol;
  /** Who sends it. */
  readonly from: { readonly address: string; readonly port: number };
  /** Where it is sent; the port is the simulated one. */
  readonly to: { readonly address: string };
  /**
   * The device that it comes in by. When left out: lo for a loopback address, else the device that has the address, as far
   * as the setting says.
   */
  readonly device?: string;
}

/**
 * One thing that may happen to a packet: the numbers of all sockets that get it (each a copy, where there are several), or
 * that no one does. `refused`: an ICMP error or a reset tells the sender. `silence`: a datagram is lost without a word. `reset`:
 * the connection is made, and reset at once. `no answer`: the client hears nothing until it gives up.
 */
export type Reception = readonly number[] | 'refused' | 'silence' | 'reset' | 'no answer';

/** Who may receive a packet: everything that may happen, and the rule that decided. */
export interface Receivers {
  readonly outcomes: readonly Reception[];
  readonly rule: RuleId;
}
