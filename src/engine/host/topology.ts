import { holdNamespace, inside, SYSCTLS, up, type Holder } from '../../lab/netns-topology.ts';

/**
 * The network around an engine. All of it are network namespaces on one switch:
 *
 *     host 192.168.5.130, .131     the engine runs here
 *     neighbour 192.168.5.10       the host's default route; sends what is meant for containers to the host
 *     attacker 192.168.5.66        sends what is meant for 127.0.0.0/8 and ::1 to the host
 */
export const LAN = {
  host: { inet: '192.168.5.130', inet6: 'fd00:5::130', second: '192.168.5.131' },
  neighbour: { inet: '192.168.5.10', inet6: 'fd00:5::10' },
  attacker: { inet: '192.168.5.66', inet6: 'fd00:5::66' },
} as const;

export const SUBNET = '192.168.5.0/24';
export const SUBNET6 = 'fd00:5::/64';

/** The hosts on the switch, which is the namespace of the shell that holds them all. */
export const LAN_HOSTS = ['host', 'neighbour', 'attacker'] as const;
export type LanHost = (typeof LAN_HOSTS)[number];

/** The interface of a host on the LAN. */
export const LAN_INTERFACE = 'eth0';
/** That of a host which is someone else's, and may have others. */
export const GUEST_INTERFACE = 'bindspec0';

/** What containers may be given addresses of: the private ranges that the engines and the experiments use. */
const CONTAINER_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', 'fd00:89::/32'];

/** Shell text that starts a namespace for each of some hosts, and prints who holds it. */
export function hold(places: readonly LanHost[]): string {
  return places.map((place) => holdNamespace(place)).join('');
}

/** Shell text that wires the hosts to the switch, and prints `wired`. */
export function wireSwitch(holders: Readonly<Record<LanHost, Holder>>): string {
  return [
    ...wired(holders, LAN_INTERFACE),
    // Whether it forwards is the engine's to say, and what it says is part of the record.
    inside(
      'host',
      holders.host,
      [...SYSCTLS, 'ipv4/ip_forward=0', 'ipv6/conf/all/forwarding=0'],
      [
        'link set lo up',
        ...hostAddresses(LAN_INTERFACE),
        // Without a link-local address pasta finds no IPv6 on the host.
        `addr add fe80::130/64 dev ${LAN_INTERFACE} nodad`,
        `route add default via ${LAN.neighbour.inet}`,
        `route add default via ${LAN.neighbour.inet6}`,
      ],
    ),
    'echo wired\n',
  ].join('');
}

/** The same for a host that is there already: it gets an interface on the switch, and nothing else of it is changed. */
export function wireGuest(holders: Readonly<Record<LanHost, Holder>>): string {
  return [
    ...wired(holders, GUEST_INTERFACE),
    inside('host', holders.host, [], hostAddresses(GUEST_INTERFACE)),
    'echo wired\n',
  ].join('');
}

function hostAddresses(device: string): string[] {
  const { inet, inet6, second } = LAN.host;
  return [...up(device, `${inet}/24`, `${inet6}/64`), `addr add ${second}/24 dev ${device}`];
}

/** The switch with its ports, and those at it that are never the host; `device` is the host's interface there. */
function wired(holders: Readonly<Record<LanHost, Holder>>, device: string): string[] {
  const { host, neighbour, attacker } = LAN;
  const ports = LAN_HOSTS.map((place, index) => ({ place, port: `port${index}` }));
  const toContainers = CONTAINER_NETWORKS.map((network) => {
    const via = network.includes(':') ? host.inet6 : host.inet;
    return `route add ${network} via ${via}`;
  });
  return [
    inside('switch', null, SYSCTLS, [
      'link set lo up',
      'link add switch type bridge',
      'link set switch addrgenmode none up',
      ...ports.flatMap(({ place, port }) => [
        `link add ${port} type veth peer name ${place === 'host' ? device : LAN_INTERFACE} netns ${holders[place].inner}`,
        `link set ${port} addrgenmode none master switch up`,
      ]),
    ]),
    inside('neighbour', holders.neighbour, SYSCTLS, [
      'link set lo up',
      ...up(LAN_INTERFACE, `${neighbour.inet}/24`, `${neighbour.inet6}/64`),
      ...toContainers,
    ]),
    inside(
      'attacker',
      holders.attacker,
      [...SYSCTLS, 'ipv4/conf/all/route_localnet=1'],
      [
        'link set lo up',
        ...up(LAN_INTERFACE, `${attacker.inet}/24`, `${attacker.inet6}/64`),
        'addr del 127.0.0.1/8 dev lo',
        'addr del ::1/128 dev lo',
        `route add 127.0.0.0/8 via ${host.inet}`,
        `route add ::1/128 via ${host.inet6}`,
        ...toContainers,
      ],
    ),
  ];
}
