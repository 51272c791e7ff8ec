import { readFileSync } from 'node:fs';
import process from 'node:process';

/** Ports from one to another, both included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** The ports that a system chooses by itself, by Node's names of systems, where it does not tell them in a file. */
const BY_SYSTEM: Readonly<Record<string, PortRange>> = {
  // sys/netinet/in.h: IPPORT_EPHEMERALFIRST and IPPORT_EPHEMERALLAST; ip(4), net.inet.ip.portrange.first.
  freebsd: { from: 10_000, to: 65_535 },
  // sys/netinet/in.h: IPPORT_RESERVED and IPPORT_USERRESERVED; sysctl(2), net.inet.ip.portfirst and portlast.
  openbsd: { from: 1024, to: 49_151 },
  // sysctl(7), net.inet.ip.anonportmin and anonportmax.
  netbsd: { from: 49_152, to: 65_535 },
  // bsd/netinet/in.h: IPPORT_HIFIRSTAUTO; sysctl net.inet.ip.portrange.first.
  darwin: { from: 49_152, to: 65_535 },
  // netsh interface ipv4 show dynamicport tcp, since Windows Vista.
  win32: { from: 49_152, to: 65_535 },
};
/** Where Linux tells it, of the network namespace of the reader; ip(7). */
const LINUX = '/proc/sys/net/ipv4/ip_local_port_range';

const RESERVED = '/proc/sys/net/ipv4/ip_local_reserved_ports';

/** The range of this machine; null where nothing is known of it. */
export function ephemeralRange(system: string = process.platform): PortRange | null {
  if (system !== 'linux') return BY_SYSTEM[system] ?? null;
  try {
    return rangeIn(readFileSync(LINUX, 'utf8'));
  } catch {
    return null;
  }
}

/** From the text of Linux's file: two numbers. Null for another text. */
export function rangeIn(text: string): PortRange | null {
  const [from = 0, to = 0] = text.trim().split(/\s+/).map(Number);
  return Number.isInteger(from) && Number.isInteger(to) && from > 0 && to >= from ? { from, to } : null;
}

/** The ports from which Linux chooses, and those among them that it never chooses: `8080,9000-9010`, as its file has them. */
export interface OwnPorts extends PortRange {
  readonly reserved: string;
}

/** Both of this machine; null where it is not Linux, or does not tell. */
export function ownPorts(): OwnPorts | null {
  if (process.platform !== 'linux') return null;
  const range = ephemeralRange();
  if (range === null) return null;
  try {
    return { ...range, reserved: readFileSync(RESERVED, 'utf8').trim() };
  } catch {
    return { ...range, reserved: '' };
  }
}

/** What others on a machine use most is below. */
const LOWEST = 2000;
const HIGHEST = 65_535;
/** Two chunks of the matrix are on as many ports as this. */
const LEAST = 2000;

/**
 * The ports to use on a machine beside those that its system chooses by itself: the usual ones if the system does not
 * choose from them, otherwise the larger part of the others. Null for the usual ones, also where the system leaves no
 * part that is large enough: then every port is looked at before it is used, and what fails is tried on another one.
 */
export function portsBeside(ephemeral: PortRange | null, usual: PortRange): PortRange | null {
  if (ephemeral === null || ephemeral.from > usual.to || ephemeral.to < usual.from) return null;
  const parts = [
    { from: LOWEST, to: ephemeral.from - 1 },
    { from: Math.max(LOWEST, ephemeral.to + 1), to: HIGHEST },
  ];
  const size = ({ from, to }: PortRange) => to - from + 1;
  const [largest] = parts.toSorted((one, other) => size(other) - size(one));
  return largest !== undefined && size(largest) >= LEAST ? largest : null;
}
