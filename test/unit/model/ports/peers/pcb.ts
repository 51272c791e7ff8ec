import type { Reception } from '../../../../../src/model/receive/types.ts';
import type { Outcome } from '../../../../../src/model/types.ts';

/** A socket as a BSD keeps it: its struct inpcb, and of its struct socket what decides. */
export interface Inpcb {
  readonly id: number;
  readonly protocol: 'tcp' | 'udp';
  readonly six: boolean;
  readonly v6only: boolean;
  readonly uid: number;
  readonly bindany: boolean;
  reuseaddr: boolean;
  reuseport: boolean;
  laddr: string;
  lport: number;
  faddr: string;
  fport: number;
  accepting: boolean;
  connected: boolean;
  /** Whether shutdown() has ended its receiving. */
  deaf: boolean;
  /** Whether its pcb is gone, while its descriptor is open. */
  detached: boolean;
}

/** The other end. */
export interface End {
  readonly address: string;
  readonly port: number;
}

/** What a kernel does with the sockets of one port. */
export interface PeerKernel {
  readonly pcbs: readonly Inpcb[];
  /** With `isChosen`, bind() to port 0 takes this port, or fails where the system may not choose it. */
  bind(pcb: Inpcb, address: string, port: number, isChosen?: boolean): Outcome;
  /** Whether the system may give this port to a socket that asks for port 0. */
  suits(pcb: Inpcb, address: string, port: number): boolean;
  /** connect() from a socket without a port takes this port. */
  connect(pcb: Inpcb, peer: End, port: number): Outcome;
  disconnect(pcb: Inpcb): Outcome;
  send(pcb: Inpcb, peer: End, port: number): Outcome;
  listen(pcb: Inpcb): Outcome;
  accept(listener: Inpcb, id: number, local: string, from: End): Inpcb;
  /** The outcome, where it is not always `ok`. */
  shutdown(pcb: Inpcb): Outcome | void;
  close(pcb: Inpcb): void;
  receive(protocol: 'tcp' | 'udp', from: End, to: string): Reception;
}

export const MACHINE = {
  addresses: ['127.0.0.1', '10.0.0.1', '::1', 'fd00::1', 'fd00::2', 'fd00::3', 'fe80::1'],
  devices: { lo0: ['127.0.0.1', '::1'], em0: ['10.0.0.1', 'fd00::1', 'fd00::2', 'fd00::3', 'fe80::1'] },
  broadcasts: ['10.0.0.255'],
  flags: { 'fd00::2': 'duplicated', 'fd00::3': 'tentative' },
} as const;

const OWN6 = new Set(['::1', 'fd00::1', 'fd00::2', 'fd00::3', 'fe80::1%em0']);

export const ANY4 = '0.0.0.0';
export const ANY6 = '::';
export const MAPPED_ANY = '::ffff:0.0.0.0';

export const isMapped = (address: string) => address.startsWith('::ffff:');
export const plain = (address: string) => (isMapped(address) ? address.slice('::ffff:'.length) : address);
export const isGroup4 = (address: string) => /^2(?:2[4-9]|3\d)\./.test(address);
export const isGroup6 = (address: string) => address.startsWith('ff');
export const hasBadScope = (address: string) => address.endsWith('%em9');
export const ownAddress4 = (address: string) => address === '127.0.0.1' || address === '10.0.0.1';
export const ownAddress6 = (address: string) => OWN6.has(address);

/** The address that routing chooses for a destination. */
export function route(to: string): string {
  if (!to.includes(':')) return to.startsWith('127.') ? '127.0.0.1' : '10.0.0.1';
  if (isMapped(to)) return `::ffff:${route(plain(to))}`;
  if (to.startsWith('fe80')) return 'fe80::1%em0';
  return to === '::1' ? '::1' : 'fd00::1';
}

/** All that get a copy: up to the first without an option to share. */
export function upToFirstAlone(walk: readonly Inpcb[]): Reception {
  const end = walk.findIndex((pcb) => !pcb.reuseaddr && !pcb.reuseport);
  const ids = (end < 0 ? walk : walk.slice(0, end + 1)).map(({ id }) => id).toSorted((a, b) => a - b);
  return ids.length === 0 ? 'silence' : ids;
}

/** What a stranger sees of the socket that was found for its packet. */
export function answer(found: Inpcb | undefined): Reception {
  if (found === undefined) return 'refused';
  return found.protocol === 'udp' || found.accepting ? [found.id] : 'no answer';
}

/** A kernel's list with a socket put at its head. */
export const toHead = (pcb: Inpcb, list: readonly Inpcb[]) => [pcb, ...list.filter((other) => other !== pcb)];
export const without = (pcb: Inpcb, list: readonly Inpcb[]) => list.filter((other) => other !== pcb);
