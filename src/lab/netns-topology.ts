import { NO_ICMP_LIMITS } from './icmp-limits.ts';
import { FIXED_ADDRESSES } from './addresses.ts';
import type { HostName, LabFacts } from './lab.ts';
import { makeSettings } from './namespace-settings.ts';

/**
 * The network of the netns lab. The machine has two external addresses, one on each of two LANs, as in the documents:
 *
 *     machine 192.168.5.130 ---- 192.168.5.10 guinness (the neighbour)
 *     machine 192.168.6.130 ---- 192.168.6.1 gateway 192.168.7.1 ---- 192.168.7.10 guinness
 *
 * The gateway forwards everything but the ICMP that comes from the machine, which it drops without a word, as many
 * firewalls do. It also sends what is meant for 127.0.0.0/8 and ::1 to the machine, as a hostile neighbour would.
 */
export const ADDRESSES: LabFacts['addresses'] = {
  inet: {
    ...FIXED_ADDRESSES.inet,
    external: '192.168.5.130',
    'second-external': '192.168.6.130',
    neighbour: '192.168.5.10',
    filtered: '192.168.7.10',
    gateway: '192.168.6.1',
    broadcast: '192.168.5.255',
  },
  inet6: {
    ...FIXED_ADDRESSES.inet6,
    external: 'fd00:5::130',
    'second-external': 'fd00:6::130',
    neighbour: 'fd00:5::10',
    filtered: 'fd00:7::10',
    gateway: 'fd00:6::1',
  },
};

export const HOST_TITLES: Record<HostName, string> = {
  machine: 'the machine',
  neighbour: 'guinness',
  gateway: 'the gateway',
};

/** The machine's interface with its first external address. */
export const EXTERNAL_INTERFACE = 'eth0';
/** And the one with its second. */
export const SECOND_INTERFACE = 'eth1';

/** The link address of each interface, so that each host can know its neighbours from the start, see `knows`. */
const MACS = {
  machine: { eth0: '02:00:00:00:05:82', eth1: '02:00:00:00:06:82' },
  neighbour: { eth0: '02:00:00:00:05:0a', eth1: '02:00:00:00:07:0a' },
  gateway: { eth0: '02:00:00:00:06:01', eth1: '02:00:00:00:07:01' },
};

/** A process that holds a namespace, by its number inside the lab's pid namespace and as the harness sees it. */
export interface Holder {
  inner: string;
  outer: string;
}

/**
 * Shell text that starts a namespace of its own for a host, and prints who holds it. The number by which the harness
 * knows the process is the one that its own /proc shows, which the lab shares.
 */
export function holdNamespace(host: string): string {
  return `unshare --net sh -c 'read -r pid _ </proc/self/stat; echo "holder ${host} $$ $pid"; exec sleep 2147483647' </dev/null &\n`;
}

/** Shell text that wires the namespaces up. It runs on the machine, as root of its user namespace. */
export function wire(neighbour: Holder, gateway: Holder): string {
  return [
    // All settings before the first interface, which takes its own from the defaults when it is made.
    inside('machine', null, SYSCTLS, []),
    inside('gateway', gateway, [...SYSCTLS, ...GATEWAY_SYSCTLS], []),
    inside('neighbour', neighbour, SYSCTLS, []),
    inside(
      'machine',
      null,
      [],
      [
        'link set lo up',
        wireBetween('eth0', MACS.machine.eth0, 'eth0', MACS.neighbour.eth0, neighbour),
        wireBetween('eth1', MACS.machine.eth1, 'eth0', MACS.gateway.eth0, gateway),
        ...up('eth0', '192.168.5.130/24', 'fd00:5::130/64'),
        ...up('eth1', '192.168.6.130/24', 'fd00:6::130/64'),
        ...knows('eth0', MACS.neighbour.eth0, '192.168.5.10', 'fd00:5::10'),
        ...knows('eth1', MACS.gateway.eth0, '192.168.6.1', 'fd00:6::1'),
        'route add 192.168.7.0/24 via 192.168.6.1',
        'route add fd00:7::/64 via fd00:6::1',
      ],
    ),
    inside(
      'gateway',
      gateway,
      [],
      [
        'link set lo up',
        wireBetween('eth1', MACS.gateway.eth1, 'eth1', MACS.neighbour.eth1, neighbour),
        ...up('eth0', '192.168.6.1/24', 'fd00:6::1/64'),
        ...up('eth1', '192.168.7.1/24', 'fd00:7::1/64'),
        ...knows('eth0', MACS.machine.eth1, '192.168.6.130', 'fd00:6::130'),
        ...knows('eth1', MACS.neighbour.eth1, '192.168.7.10', 'fd00:7::10'),
        // A router looks for its neighbours from its link-local address.
        'addr add fe80::1/64 dev eth0 nodad',
        'addr add fe80::1/64 dev eth1 nodad',
        'rule add iif eth0 ipproto 1 blackhole',
        '-6 rule add iif eth0 ipproto 58 blackhole',
        'addr del 127.0.0.1/8 dev lo',
        'addr del ::1/128 dev lo',
        'route add 127.0.0.0/8 via 192.168.6.130',
        'route add ::1/128 via fd00:6::130',
      ],
    ),
    inside(
      'neighbour',
      neighbour,
      [],
      [
        'link set lo up',
        ...up('eth0', '192.168.5.10/24', 'fd00:5::10/64'),
        ...up('eth1', '192.168.7.10/24', 'fd00:7::10/64'),
        ...knows('eth0', MACS.machine.eth0, '192.168.5.130', 'fd00:5::130'),
        ...knows('eth1', MACS.gateway.eth1, '192.168.7.1', 'fd00:7::1'),
        'route add 192.168.6.0/24 via 192.168.5.130',
        'route add fd00:6::/64 via fd00:5::130',
        // Behind the gateway only when it asks from its address there.
        'rule add from 192.168.7.10 lookup 7',
        '-6 rule add from fd00:7::10 lookup 7',
        'route add 192.168.6.0/24 via 192.168.7.1 table 7',
        'route add fd00:6::/64 via fd00:7::1 table 7',
      ],
    ),
    'echo wired\n',
  ].join('');
}

/**
 * No limit on errors of ICMP. Reverse path filters and
 * forwarding follow the host's own settings unless they are set. Each interface reports to routers at once which groups it
 * has joined: reports at random moments of the first second would be among packets that a cell counts.
 */
export const SYSCTLS: readonly string[] = [
  ...NO_ICMP_LIMITS.own,
  'ipv4/conf/all/rp_filter=0',
  'ipv4/conf/default/rp_filter=0',
  'ipv4/conf/all/route_localnet=0',
  'ipv4/conf/default/route_localnet=0',
  'ipv6/conf/all/disable_ipv6=0',
  'ipv6/conf/default/disable_ipv6=0',
  'ipv6/conf/default/accept_ra=0',
  'ipv6/bindv6only=0',
  'ipv6/conf/default/mldv1_unsolicited_report_interval=0',
  'ipv6/conf/default/mldv2_unsolicited_report_interval=0',
];
const GATEWAY_SYSCTLS = ['ipv4/ip_forward=1', 'ipv6/conf/all/forwarding=1', 'ipv4/conf/all/route_localnet=1'];

/**
 * The settings without which the machine itself is not what a system is as it comes. A new namespace has them so, unless
 * the machine around it was told otherwise.
 */
export const OF_THE_SYSTEM: ReadonlySet<string> = new Set([
  'ipv6/conf/all/disable_ipv6',
  'ipv6/conf/default/disable_ipv6',
  'ipv6/bindv6only',
]);

/** No generated link-local addresses: their announcements would be noise on the interface's counters. */
export function up(device: string, inet: string, inet6: string): string[] {
  return [
    `link set ${device} addrgenmode none up`,
    `addr add ${inet} dev ${device}`,
    `addr add ${inet6} dev ${device} nodad`,
  ];
}

/** The command of `ip` that makes a wire from the host where it is done to the host of a holder. */
function wireBetween(device: string, mac: string, peerDevice: string, peerMac: string, peer: Holder): string {
  const far = `name ${peerDevice} address ${peerMac} netns ${peer.inner}`;
  return `link add ${device} address ${mac} type veth peer ${far}`;
}

/**
 * Commands of `ip` by which a host knows the link address of a neighbour. It could not always find out: the interfaces
 * have no link-local address, and a host asks for an IPv6 neighbour from the source of the packet that waits only if
 * that is an address of the interface. So after a packet from ::1 no packet at all would reach the neighbour for seconds.
 */
function knows(device: string, mac: string, ...addresses: readonly string[]): string[] {
  return addresses.map((address) => `neigh replace ${address} lladdr ${mac} dev ${device} nud permanent`);
}

/**
 * Shell text that makes settings and does commands of `ip` in the namespace of a holder, or of the shell itself. Settings
 * that did not take are printed, with the name of the host, see `makeSettings`.
 * A batch of `ip` has one family for its rules, so those for IPv6 follow in a batch of their own.
 */
export function inside(
  host: string,
  holder: Holder | null,
  sysctls: readonly string[],
  commands: readonly string[],
): string {
  const enter = holder === null ? '' : `nsenter --net=/proc/${holder.outer}/ns/net `;
  const batch = (flag: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `${enter}ip ${flag}-batch - <<'END' || echo failed\n${lines.join('\n')}\nEND\n`;
  const inet6 = commands.filter((command) => command.startsWith('-6 ')).map((command) => command.slice(3));
  return [
    sysctls.length === 0 ? '' : `${enter}sh -c '${makeSettings(host, sysctls)}' 2>/dev/null\n`,
    batch(
      '',
      commands.filter((command) => !command.startsWith('-6 ')),
    ),
    batch('-6 ', inet6),
  ].join('');
}
