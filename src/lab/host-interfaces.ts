import type os from 'node:os';
import type { Family } from '../protocol/messages.ts';
import { NO_DEFAULTS, type DefaultInterfaces } from './default-route.ts';

/** The interfaces of a machine as Node lists them. */
export type NodeInterfaces = NodeJS.Dict<os.NetworkInterfaceInfo[]>;

/**
 * Ends of tunnels and links to single peers. On macOS and the BSDs what is sent to one's own address on such an interface
 * may go to the peer instead.
 */
const TUNNEL =
  /^(utun|tun|tap|ppp|pppoe|ipsec|gif|gre|stf|sit|awdl|llw|anpi|ap\d|wg|tailscale|zt|nordlynx|Tailscale|ZeroTier|WireGuard|OpenVPN|TAP-)/;
/** Switches inside the machine, and their ports: those of containers and virtual machines. */
const VIRTUAL =
  /^(bridge|br-|virbr|docker|podman|cni|flannel|cali|kube|veth|vnet|vmnet|vmenet|vboxnet|lxcbr|lxdbr|incusbr|feth|vEthernet|VMware|VirtualBox|Hyper-V|Npcap)/;
/** The mask of an address that is alone in its network: of a link to one peer, or a second address beside another. */
const ALONE = '255.255.255.255';
/** Where the address of a tunnel's end can't be used for anything. */
const NO_TUNNELS: ReadonlySet<string> = new Set(['darwin', 'freebsd', 'openbsd', 'netbsd']);

/** The external addresses of a machine that experiments may use, by family, the best first. */
export interface ExternalAddresses {
  readonly addresses: Readonly<Record<Family, readonly string[]>>;
  /** The interface of the first, of IPv4 where it has one; undefined where there is none. */
  readonly device: string | undefined;
  /** Interfaces that have external addresses and were left out. */
  readonly leftOut: readonly string[];
}

/**
 * Chooses a machine's external addresses: those of the interface that the default route leads to, then of the other real
 * ones. Tunnels, and switches of containers and virtual machines, are left out; where the machine has nothing else they
 * are taken, except tunnels where a tunnel may keep what is sent to one's own address.
 * @param named the one interface to take, whatever it is
 */
export function externalAddresses(
  interfaces: NodeInterfaces,
  system: string,
  defaults: DefaultInterfaces = NO_DEFAULTS,
  named?: string,
): ExternalAddresses {
  const names = Object.keys(interfaces).filter((name) => named === undefined || name === named);
  const families = (['inet', 'inet6'] as const).map((family) => {
    const ranked: Ranked[] = names
      .map((name) => ({ name, ...ofFamily(interfaces[name] ?? [], family) }))
      .filter(({ addresses }) => addresses.length > 0)
      .map((one) => ({ ...one, rank: named === undefined ? rankOf(one, defaults[family]) : 0 }))
      .toSorted((one, other) => one.rank - other.rank);
    return ranked;
  });
  const isReal = ({ rank }: Ranked) => rank < RANK.virtual;
  const isLastResort = ({ rank }: Ranked) => rank === RANK.virtual || !NO_TUNNELS.has(system);
  const isTaken = families.flat().some(isReal) ? isReal : isLastResort;
  const [inet = [], inet6 = []] = families.map((ranked) => ranked.filter(isTaken));
  const taken = new Set([...inet, ...inet6].map(({ name }) => name));
  return {
    addresses: {
      inet: inet.flatMap(({ addresses }) => addresses),
      inet6: inet6.flatMap(({ addresses }) => addresses),
    },
    device: (inet[0] ?? inet6[0])?.name,
    leftOut: names.filter((name) => families.flat().some((one) => one.name === name) && !taken.has(name)),
  };
}

/** An interface with its external addresses of one family. */
interface Ranked {
  readonly name: string;
  readonly addresses: readonly string[];
  /** One of `RANK`, the lower the better. */
  readonly rank: number;
}

const RANK = { chosen: 0, real: 1, virtual: 2, tunnel: 3 } as const;

function rankOf({ name, alone }: { name: string; alone: boolean }, defaults: readonly string[]): number {
  if (TUNNEL.test(name)) return RANK.tunnel;
  if (VIRTUAL.test(name)) return RANK.virtual;
  if (defaults.includes(name)) return RANK.chosen;
  // Clouds give machines such addresses too, but then the default route leads there.
  return alone ? RANK.tunnel : RANK.real;
}

/** The external addresses of an interface, and whether each is alone in its network. Aliases come after what they are beside. */
function ofFamily(list: readonly os.NetworkInterfaceInfo[], family: Family): { addresses: string[]; alone: boolean } {
  const own = list.filter(
    (one) => one.family === (family === 'inet' ? 'IPv4' : 'IPv6') && !one.internal && !isLinkLocal(one.address),
  );
  const isAlone = ({ netmask }: os.NetworkInterfaceInfo) => netmask === ALONE;
  const ordered = [...own.filter((one) => !isAlone(one)), ...own.filter(isAlone)];
  return { addresses: ordered.map(({ address }) => address), alone: own.every(isAlone) };
}

/** Whether an address is good on one link only, and useless without saying which. */
export function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || /^fe[89ab][\da-f]:/i.test(address);
}
