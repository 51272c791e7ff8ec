import { existsSync } from 'node:fs';
import { inside, SYSCTLS, type Holder } from '../../lab/netns-topology.ts';
import { LAN_ADDRESSES } from './surroundings.ts';

/** Each with its value while there is no IPv6. */
const NO_IPV6 = ['ipv6/conf/all/disable_ipv6=1', 'ipv6/conf/default/disable_ipv6=1', 'ipv6/conf/lo/disable_ipv6=1'];
/** The neighbour is the way to everywhere, and answers that there is none. */
const ROUTER = ['ipv4/ip_forward=1', 'ipv6/conf/all/forwarding=1'];

/** Whether this kernel has IPv6 at all. */
export function hasIPv6(): boolean {
  return existsSync('/proc/sys/net/ipv6');
}

/**
 * Shell text that joins the machine's namespace to its neighbour's, and prints `wired`:
 *
 *     machine eth0 192.168.5.130, fd00:5::130 ---- 192.168.5.10, fd00:5::10 eth0 neighbour
 *
 * The default route is there, because programs look for the interface that it goes through; it leads nowhere.
 */
export function wireLan(neighbour: Holder, ipv6: boolean): string {
  const settings = ipv6 ? SYSCTLS : [...SYSCTLS.filter((one) => !one.includes('disable_ipv6')), ...NO_IPV6];
  const six = (...commands: string[]) => (ipv6 ? commands : []);
  return [
    inside('machine', null, settings, []),
    inside('neighbour', neighbour, [...settings, ...(ipv6 ? ROUTER : ROUTER.slice(0, 1))], []),
    inside(
      'machine',
      null,
      [],
      [
        'link set lo up',
        `link add eth0 type veth peer name eth0 netns ${neighbour.inner}`,
        ...six('link set eth0 addrgenmode none'),
        'link set eth0 up',
        `addr add ${LAN_ADDRESSES.inet}/24 brd + dev eth0`,
        `route add default via ${LAN_ADDRESSES.neighbour.inet}`,
        ...six(
          `addr add ${LAN_ADDRESSES.inet6}/64 dev eth0 nodad`,
          `addr add ${LAN_ADDRESSES.linkLocal}/64 dev eth0 nodad`,
          `-6 route add default via ${LAN_ADDRESSES.neighbour.inet6}`,
        ),
      ],
    ),
    inside(
      'neighbour',
      neighbour,
      [],
      [
        'link set lo up',
        ...six('link set eth0 addrgenmode none'),
        'link set eth0 up',
        `addr add ${LAN_ADDRESSES.neighbour.inet}/24 dev eth0`,
        ...six(
          `addr add ${LAN_ADDRESSES.neighbour.inet6}/64 dev eth0 nodad`,
          `addr add ${LAN_ADDRESSES.neighbour.linkLocal}/64 dev eth0 nodad`,
        ),
      ],
    ),
    'echo wired\n',
  ].join('');
}
