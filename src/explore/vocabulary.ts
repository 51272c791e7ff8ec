import type * as FastCheck from 'fast-check';
import type { LabFacts } from '../lab/lab.ts';
import type { Family, Protocol } from '../model/types.ts';
import { isLimitedBroadcast, isLoopback4, isMulticast, unmapped } from '../model/address.ts';
import { DEVICE_SYSTEMS, OPTION_KEYS, OPTIONS } from '../model/options.ts';
import { hasInetForm, type Leaving, type PlanOption } from '../plan/plan.ts';
import { GROUPS, probesOf, type ProbeVocabulary } from './probes.ts';

/** An address to bind to, and the kind of socket that it needs. */
export interface BindAddress {
  readonly family: Family;
  readonly address: string;
  /** IPV6_V6ONLY of the socket; false for IPv4. */
  readonly v6only: boolean;
}

/**
 * The parts that random plans are made of in a lab. The first entry of each list is the simplest; shrinking goes towards
 * it.
 */
export interface Vocabulary {
  readonly protocol: Protocol;
  readonly names: readonly BindAddress[];
  /** The machine's own specific addresses, to which connections are made. */
  readonly addresses: readonly string[];
  /** The options that a random plan sets before a bind and changes after it: those that the system has. */
  readonly options: readonly PlanOption[];
  /** The interfaces that sockets can be tied to; none on a system that can't do that. */
  readonly devices: readonly string[];
  /**
   * Whether a TCP socket on a group or a broadcast address can connect. On Linux it gets another address; elsewhere no answer
   * ever arrives.
   */
  readonly sharedConnect: boolean;
  /** The broadcast addresses among the names. */
  readonly broadcasts: readonly string[];
  /** The probes of sets of receivers; without them, plans ask about names only. */
  readonly probes?: ProbeVocabulary;
  /** Whether it has IP_MULTICAST_ALL and IPV6_MULTICAST_ALL. */
  readonly multicastAll: boolean;
  /** Whether a connection can be dissolved by connect() to no family. For TCP, only Linux can do that. */
  readonly disconnects: boolean;
  /** The states that the close() of a TCP connection can leave. */
  readonly leavings: readonly Leaving[];
}

const KINDS = ['wildcard', 'loopback', 'second-loopback', 'external', 'second-external'] as const;

/** The address under which Linux keeps a dual-stack socket that is connected over IPv6 in its IPv4 tables. */
const PLACEHOLDER = '127.0.0.6';
/** On these systems, that is an address of the machine only if an interface has it, and the lab does not say so. */
const UNSURE: ReadonlySet<string> = new Set(['darwin', 'freebsd', 'openbsd', 'netbsd']);

/** What a vocabulary is for, beside its lab and system. */
interface Asked {
  /** Whether the system has dual-stack sockets; without, every IPv6 socket is v6only. */
  readonly dualStack?: boolean;
  /** Whether it is asked who receives. */
  readonly receivers?: boolean;
  /** The broadcast addresses of the machine's interfaces. */
  readonly broadcasts?: readonly string[];
}

/**
 * The vocabulary of a lab: every kind of address that it has, in every way to bind it.
 * @param system bindspec's name of it
 */
export function vocabularyOf(
  protocol: Protocol,
  facts: LabFacts,
  system: string,
  { dualStack = true, receivers = false, broadcasts = [] }: Asked = {},
): Vocabulary {
  const { inet, inet6 } = facts.addresses;
  const v4 = KINDS.map((kind) => inet[kind]).filter((address) => address !== undefined);
  const v6 = KINDS.map((kind) => inet6[kind]).filter((address) => address !== undefined);
  const dual = dualStack && v6.includes('::');
  // Groups and broadcast addresses. A set of TCP receivers is without them, because clients do not reach them.
  const lan = broadcasts.filter((address) => !isLoopback4(address)).slice(0, 1);
  const many = v4.length === 0 ? [] : ['255.255.255.255', ...lan];
  const groups = GROUPS.filter((group) => (hasInetForm(group) ? v4 : v6).length > 0);
  const shared = [
    ...[...groups, ...many].map((address) => named(address, !dualStack && !hasInetForm(address))),
    ...(dual && !receivers ? [...groups.filter(hasInetForm), ...many].map((one) => named(`::ffff:${one}`, false)) : []),
  ];
  const names = [
    ...[...v4, ...(UNSURE.has(system) ? [] : [PLACEHOLDER])].map((address) => named(address, false)),
    ...v6.map((address) => named(address, !dualStack)),
    ...(dual ? [named('::', true)] : []),
    ...(dual ? v4.map((address) => named(`::ffff:${address}`, false)) : []),
    ...(receivers && protocol === 'tcp' ? [] : shared),
  ];
  return {
    protocol,
    names,
    addresses: [...v4, ...v6].filter((address) => address !== '0.0.0.0' && address !== '::'),
    options: OPTION_KEYS.filter((key) => (OPTIONS[key].systems as readonly string[]).includes(system)),
    sharedConnect: protocol === 'udp' || system === 'linux',
    broadcasts: many,
    devices: (DEVICE_SYSTEMS as readonly string[]).includes(system) ? devicesOf(facts) : [],
    ...(receivers ? { probes: probesOf(protocol, facts, broadcasts) } : {}),
    multicastAll: system === 'linux' || system === 'gvisor',
    disconnects: protocol === 'udp' || system === 'linux',
    leavings: protocol === 'udp' ? [] : ['time-wait', 'fin-wait-2'],
  };
}

function devicesOf({ externalInterface, secondInterface }: LabFacts): string[] {
  return externalInterface === null
    ? []
    : ['lo', externalInterface, ...(secondInterface === undefined ? [] : [secondInterface])];
}

function named(address: string, v6only: boolean): BindAddress {
  return { family: hasInetForm(address) ? 'inet' : 'inet6', address, v6only };
}

/** The addresses at which a socket of that name can be reached, or from which it can reach a peer on the same machine. */
export function reachable(
  { address: own, v6only }: BindAddress,
  { addresses, broadcasts }: Pick<Vocabulary, 'addresses' | 'broadcasts'>,
): readonly string[] {
  const plain = unmapped(own);
  if (isShared(own, broadcasts)) return addresses.filter((address) => hasInetForm(address) === hasInetForm(plain));
  if (plain === '::') return addresses.filter((address) => !v6only || !hasInetForm(address));
  if (plain === '0.0.0.0') return addresses.filter(hasInetForm);
  return [plain];
}

/** Whether an address is a group or a broadcast address, so that no one can connect to it over TCP. */
export function isShared(address: string, broadcasts: readonly string[]): boolean {
  const plain = unmapped(address);
  return isMulticast(plain) || isLimitedBroadcast(plain) || broadcasts.includes(plain);
}

/** A random one of a list. @throws RangeError for an empty list */
export function pick<T>(random: FastCheck.Random, list: readonly T[]): T {
  const one = list.length === 0 ? undefined : list[random.nextInt(0, list.length - 1)];
  if (one === undefined) throw new RangeError('nothing to pick from');
  return one;
}

/** On Windows and Wine a socket that has one of them cannot get the other: setsockopt() returns WSAEINVAL. */
export const RIVALS: Partial<Record<PlanOption, PlanOption>> = { reuseaddr: 'exclusive', exclusive: 'reuseaddr' };
