import type { Outcome } from '../../../../src/model/types.ts';

export const ANY4 = '0.0.0.0';
export const ANY6 = '::';

/** A socket as a BSD kernel keeps it, in its struct inpcb. */
export interface Pcb {
  readonly id: number;
  readonly family: 'inet' | 'inet6';
  readonly v6only: boolean;
  readonly uid: number;
  reuseaddr: boolean;
  reuseport: boolean;
  reuseportLb: boolean;
  /** INP_IPV4 and INP_IPV6 of inp_vflag. */
  v4: boolean;
  v6: boolean;
  local4: string;
  local6: string;
  connected: boolean;
  state: 'bound' | 'listening' | 'accepted';
}

/** What a kernel does with its sockets of one port. */
export interface Kernel {
  readonly pcbs: readonly Pcb[];
  bind(pcb: Pcb, address: string): Outcome;
  connect(pcb: Pcb, local: string): void;
  disconnect(pcb: Pcb): void;
  close(pcb: Pcb): void;
  accept(listener: Pcb, id: number, local: string): void;
  /** The stack in which a socket can have a connection: undefined if in both. */
  stackOf(pcb: Pcb): 'v4' | 'v6' | undefined;
}

export const isIpv6 = (address: string) => address.includes(':');
export const isMapped = (address: string) => address.startsWith('::ffff:');
export const unmapped = (address: string) => address.replace('::ffff:', '');
export const isGroup4 = (address: string) => /^2(?:2[4-9]|3\d)\./.test(address);
export const isGroup6 = (address: string) => address.startsWith('ff');

export const before = (pcb: Pcb, list: readonly Pcb[]) => [pcb, ...list.filter((other) => other !== pcb)];
export const without = (pcb: Pcb, list: readonly Pcb[]) => list.filter((other) => other !== pcb);

/** The walk of in_pcblookup_local() over a port's sockets: the first one with the fewest wildcards. */
export function bestMatch(
  list: readonly Pcb[],
  stack: 'v4' | 'v6',
  address: string,
  cost: (pcb: Pcb) => number = () => 0,
): Pcb | undefined {
  const any = stack === 'v4' ? ANY4 : ANY6;
  let match: { pcb: Pcb; wildcards: number } | undefined;
  for (const pcb of list) {
    const local = stack === 'v4' ? pcb.local4 : pcb.local6;
    if (!pcb[stack] || (local !== any && address !== any && local !== address)) continue;
    const wildcards = cost(pcb) + (pcb.connected ? 1 : 0) + ((local === any) === (address === any) ? 0 : 1);
    if (match === undefined || wildcards < match.wildcards) match = { pcb, wildcards };
  }
  return match?.pcb;
}

/** The walk without INPLOOKUP_WILDCARD over the sockets without a peer: the first with this address. */
export function exactMatch(list: readonly Pcb[], stack: 'v4' | 'v6', address: string): Pcb | undefined {
  return list.find((pcb) => pcb[stack] && !pcb.connected && (stack === 'v4' ? pcb.local4 : pcb.local6) === address);
}

/** The kernels that keep a dual-stack socket in IPv4 and IPv6 by inp_vflag: macOS and FreeBSD. */
export abstract class TwoStacks implements Kernel {
  readonly isUdp: boolean;
  pcbs: readonly Pcb[] = [];
  /** The sockets of the port, by in_pcbporthash. */
  ports: readonly Pcb[] = [];
  /** The sockets in the hash of addresses without a peer. */
  hash: readonly Pcb[] = [];

  constructor(isUdp: boolean) {
    this.isUdp = isUdp;
  }

  abstract bind(pcb: Pcb, address: string): Outcome;
  abstract disconnect(pcb: Pcb): void;

  stackOf({ family, v4, v6 }: Pcb): 'v4' | 'v6' | undefined {
    if (family === 'inet' || !v6) return 'v4';
    return v4 ? undefined : 'v6';
  }

  connect(pcb: Pcb, local: string): void {
    if (isIpv6(local)) this.#leave4(pcb, pcb.local6 === ANY6 ? local : pcb.local6);
    else this.#leave6(pcb, pcb.local4 === ANY4 ? local : pcb.local4);
    pcb.connected = true;
  }

  close(pcb: Pcb): void {
    this.pcbs = without(pcb, this.pcbs);
    this.ports = without(pcb, this.ports);
    this.hash = without(pcb, this.hash);
  }

  accept(listener: Pcb, id: number, local: string): Pcb {
    const child: Pcb = { ...listener, id, state: 'accepted', connected: true };
    if (isIpv6(local)) this.#leave4(child, local);
    else this.#leave6(child, local);
    this.pcbs = [...this.pcbs, child];
    this.ports = [child, ...this.ports];
    return child;
  }

  take(pcb: Pcb, v4: string | undefined, v6: string | undefined): Outcome {
    Object.assign(pcb, { v4: v4 !== undefined, v6: v6 !== undefined, local4: v4 ?? '', local6: v6 ?? '' });
    this.pcbs = [...this.pcbs, pcb];
    this.ports = [pcb, ...this.ports];
    return 'ok';
  }

  #leave4(pcb: Pcb, local6: string): void {
    Object.assign(pcb, { v4: false, local4: '', local6 });
  }

  #leave6(pcb: Pcb, local4: string): void {
    Object.assign(pcb, { v6: false, local6: '', local4 });
  }
}
