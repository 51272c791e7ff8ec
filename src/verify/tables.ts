import { formatIPv6, parseIPv6 } from '../protocol/address.ts';
import { tableSockets, type TableSocket } from '../sockets/held.ts';
import { addressIn } from '../sockets/table.ts';
import { isLoopback } from '../published/publication.ts';

/** The text of the files under /proc/net of one network namespace; absent where this kernel has none. */
export type Tables = Readonly<Partial<Record<(typeof NET_TABLES)[number], string>>>;
export const NET_TABLES = ['tcp', 'tcp6', 'udp', 'udp6', 'fib_trie', 'if_inet6', 'route', 'ipv6_route'] as const;

/** Every socket of the namespace that waits for connections, or for datagrams from anyone. */
export function waiting(tables: Tables): (TableSocket & { protocol: 'tcp' | 'udp' })[] {
  return tableSockets(tables).flatMap((socket): ReturnType<typeof waiting> => {
    const { protocol, state, peer } = socket;
    if (protocol === 'tcp') return state === 'LISTEN' ? [{ ...socket, protocol }] : [];
    if (protocol === 'udp') return state === 'CLOSED' && peer.port === 0 ? [{ ...socket, protocol }] : [];
    return [];
  });
}

/** The peers of all connections at a TCP port, as texts that differ where the peers do. */
export function peersAt({ tcp, tcp6 }: Tables, port: number): Set<string> {
  const connections = tableSockets({ ...(tcp === undefined ? {} : { tcp }), ...(tcp6 === undefined ? {} : { tcp6 }) });
  const own = connections.filter(({ state, local }) => state !== 'LISTEN' && local.port === port);
  return new Set(own.map(({ peer }) => `${peer.address} ${peer.port}`));
}

/** The namespace's own addresses, without loopback and link-local ones. */
export function ownAddresses(tables: Tables): string[] {
  const inet = [...(tables.fib_trie ?? '').matchAll(/\|-- (\S+)\n +\/32 host LOCAL/g)].map(
    ([, address = '']) => address,
  );
  const inet6 = lines(tables.if_inet6).map(([hex = '']) => fromHex(hex));
  return [...new Set([...inet, ...inet6])].filter((address) => !isLoopback(address) && !address.startsWith('fe80:'));
}

/** The routers that the namespace sends to, of both families. */
export function gateways(tables: Tables): string[] {
  const inet = lines(tables.route)
    .slice(1)
    .map(([, , gateway = '']) => addressIn(gateway, 'inet'));
  const inet6 = lines(tables.ipv6_route).map(([, , , , gateway = '']) => fromHex(gateway));
  return [...new Set([...inet, ...inet6])].filter((address) => address !== '0.0.0.0' && address !== '::');
}

function lines(text = ''): string[][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/));
}

/** An IPv6 address as 32 digits, as all tables except those of sockets write it. */
function fromHex(digits: string): string {
  return formatIPv6(parseIPv6((digits.match(/.{4}/g) ?? []).join(':')));
}

/**
 * The addresses of `localhost` in a text of /etc/hosts, in the order in which programs try them: ::1 is first where the
 * text names it at all (RFC 6724 section 2.1), no matter in which order the lines are.
 */
export function localhostIn(hosts: string): string[] {
  const named = hosts.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return names.includes('localhost') && isLoopback(address) ? [address] : [];
  });
  return [...new Set(named)].toSorted((one, other) => Number(other === '::1') - Number(one === '::1'));
}
