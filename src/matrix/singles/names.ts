import type { LabFacts } from '../../lab/lab.ts';
import type { Host } from '../../model/types.ts';
import type { Family } from '../../protocol/messages.ts';

/** A name that a socket alone is bound to. */
export interface SingleName {
  /** What the address is to the machine, for example `broadcast` or `link-local, wrong scope`. */
  readonly kind: string;
  readonly family: Family;
  readonly address: string;
  /** The interface that sin6_scope_id names. `NO_INTERFACE` is one that no interface has. */
  readonly scope?: string;
}

/** A kind of name that is not there to be bound. */
export interface AbsentSingle {
  readonly kind: string;
  readonly reason: string;
}

/** The name of an interface that is nowhere, for a scope that no interface has. */
export const NO_INTERFACE = 'nowhere';

/** Addresses that are the same on every machine: those that are its own without being configured, and those of no one. */
const FIXED: readonly SingleName[] = [
  { kind: 'wildcard', family: 'inet', address: '0.0.0.0' },
  { kind: 'loopback', family: 'inet', address: '127.0.0.1' },
  { kind: 'another of 127.0.0.0/8', family: 'inet', address: '127.0.0.2' },
  { kind: 'another of 127.0.0.0/8', family: 'inet', address: '127.5.6.7' },
  { kind: 'the first of 127.0.0.0/8', family: 'inet', address: '127.0.0.0' },
  { kind: 'the last of 127.0.0.0/8', family: 'inet', address: '127.255.255.255' },
  { kind: 'limited broadcast', family: 'inet', address: '255.255.255.255' },
  { kind: 'not local', family: 'inet', address: '198.51.100.7' },
  { kind: 'not local, link-local', family: 'inet', address: '169.254.200.7' },
  { kind: 'not local, of 0.0.0.0/8', family: 'inet', address: '0.0.0.1' },
  { kind: 'not local, reserved', family: 'inet', address: '240.0.0.1' },
  { kind: 'multicast', family: 'inet', address: '224.0.0.1' },
  { kind: 'multicast', family: 'inet', address: '239.1.2.3' },
  { kind: 'wildcard', family: 'inet6', address: '::' },
  { kind: 'loopback', family: 'inet6', address: '::1' },
  { kind: 'v4-compatible, loopback', family: 'inet6', address: '::127.0.0.1' },
  { kind: 'v4-compatible, not local', family: 'inet6', address: '::198.51.100.7' },
  { kind: 'v4-compatible, multicast', family: 'inet6', address: '::224.0.0.1' },
  { kind: 'not local', family: 'inet6', address: '2001:db8::7' },
  { kind: 'not local, site-local', family: 'inet6', address: 'fec0::7' },
  { kind: 'multicast, global', family: 'inet6', address: 'ff0e::1234' },
  { kind: 'multicast, site-local', family: 'inet6', address: 'ff05::1234' },
];

/** Multicast addresses that need a scope. */
const SCOPED_GROUPS = ['ff01::1', 'ff02::1'] as const;

/**
 * The names of a machine for single binds, every IPv4 one also as a v4-mapped one, and the kinds that it does not have.
 * @param facts with what the machine says of itself, see `readHost`
 */
export function singleNames({ addresses, machine = {} }: Pick<LabFacts, 'addresses' | 'machine'>): {
  names: SingleName[];
  absent: AbsentSingle[];
} {
  const names: SingleName[] = [...FIXED];
  const absent: AbsentSingle[] = [];
  const take = (kind: string, family: Family, address: string | undefined, reason: string) => {
    if (address === undefined) absent.push({ kind, reason });
    else names.push({ kind, family, address });
  };
  for (const family of ['inet', 'inet6'] as const) {
    const own = addresses[family];
    const title = family === 'inet' ? 'IPv4' : 'IPv6';
    take('external', family, own.external, `no external ${title} address`);
    take('another external', family, own['second-external'], `no second external ${title} address`);
    if (own.neighbour !== undefined) take("the neighbour's", family, own.neighbour, '');
  }
  take('v4-compatible, external', 'inet6', compatible(addresses.inet.external), 'no external IPv4 address');
  const broadcast = machine.broadcasts?.find((address) => !address.startsWith('127.')) ?? addresses.inet.broadcast;
  take('broadcast', 'inet', broadcast, 'no broadcast address is known');
  for (const flag of ['anycast', 'tentative', 'duplicated', 'deprecated'] as const) {
    const found = Object.entries(machine.flags ?? {}).find(([address, its]) => its === flag && !isLinkLocal(address));
    // A duplicated address takes a second machine with the same one.
    if (found !== undefined || flag !== 'duplicated') take(flag, 'inet6', found?.[0], `no ${flag} address`);
  }
  names.push(...scopedNames(machine, absent));
  const mapped = names
    .filter(({ family }) => family === 'inet')
    .map(({ kind, address }): SingleName => ({
      kind: `mapped, ${kind}`,
      family: 'inet6',
      address: `::ffff:${address}`,
    }));
  const all = [...names, ...mapped];
  const hasSix = addresses.inet6.wildcard !== undefined && machine.ipv6 !== false;
  if (!hasSix) absent.push({ kind: 'every IPv6 name', reason: 'the machine has no IPv6' });
  return { names: all.filter(({ family }) => hasSix || family === 'inet'), absent };
}

/** Link-local names with the right scope, a wrong one, one that no interface has, and none. */
function scopedNames({ devices = {}, flags = {} }: Host, absent: AbsentSingle[]): SingleName[] {
  // One that is tentative for a moment would be an ordinary one soon.
  const isOwn = (address: string) => isLinkLocal(address) && flags[address] === undefined;
  const own = Object.entries(devices).flatMap(([device, all]) =>
    all.filter(isOwn).map((address) => ({ device, address })),
  )[0];
  const device = own?.device ?? Object.keys(devices)[0];
  if (device === undefined) {
    absent.push({ kind: 'link-local', reason: 'the interfaces are not known' });
    return [];
  }
  const other = Object.keys(devices).find((name) => name !== device);
  const name = (kind: string, address: string, scope?: string): SingleName => ({
    kind,
    family: 'inet6',
    address,
    ...(scope === undefined ? {} : { scope }),
  });
  const scoped = (kind: string, address: string) => [
    name(`${kind}, right scope`, address, device),
    ...(other === undefined ? [] : [name(`${kind}, wrong scope`, address, other)]),
    name(`${kind}, scope of no interface`, address, NO_INTERFACE),
    name(`${kind}, no scope`, address),
  ];
  if (own === undefined) absent.push({ kind: 'link-local', reason: 'no link-local address' });
  return [
    ...(own === undefined ? [] : scoped('link-local', own.address)),
    name('not local, link-local with a scope', 'fe80::dead', device),
    ...SCOPED_GROUPS.flatMap((group) =>
      // A group is on every interface, so that no scope is a wrong one.
      scoped('multicast', group).filter(({ kind }) => !kind.endsWith('wrong scope')),
    ),
  ];
}

function compatible(address: string | undefined): string | undefined {
  return address === undefined ? undefined : `::${address}`;
}

function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

/** A name as people spell it, with its scope. */
export function spellSingle({ address, scope }: Pick<SingleName, 'address' | 'scope'>): string {
  return scope === undefined ? address : `${address}%${scope}`;
}
