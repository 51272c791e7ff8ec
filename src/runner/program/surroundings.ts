import { ADDRESSES } from '../../lab/netns-topology.ts';

/** What a program finds around it, beside the machine's own files. */
const HOSTNAME = 'box';

/** The addresses of the LAN. The last is no one's until it is given to the machine. */
export const LAN_ADDRESSES = {
  inet: ADDRESSES.inet.external ?? '',
  inet6: ADDRESSES.inet6.external ?? '',
  linkLocal: 'fe80::130',
  neighbour: { inet: ADDRESSES.inet.neighbour ?? '', inet6: ADDRESSES.inet6.neighbour ?? '', linkLocal: 'fe80::10' },
  late: '192.168.5.99',
} as const;

/** As Debian has it. */
const HOSTS = `127.0.0.1 localhost
127.0.1.1 ${HOSTNAME}
::1 localhost ip6-localhost ip6-loopback
ff02::1 ip6-allnodes
ff02::2 ip6-allrouters
`;

export const SURROUNDINGS = {
  hosts: HOSTS,
  hostname: HOSTNAME,
  // Nothing listens there, so that a question is refused at once.
  resolver: LAN_ADDRESSES.neighbour.inet,
  lan: [LAN_ADDRESSES.inet, LAN_ADDRESSES.inet6, LAN_ADDRESSES.linkLocal],
  neighbour: [LAN_ADDRESSES.neighbour.inet, LAN_ADDRESSES.neighbour.inet6, LAN_ADDRESSES.neighbour.linkLocal],
};

/** The files of the surroundings, by their names. */
export const OWN_FILES: Readonly<Record<string, string>> = {
  '/etc/hosts': SURROUNDINGS.hosts,
  '/etc/hostname': `${SURROUNDINGS.hostname}\n`,
  '/etc/resolv.conf': `nameserver ${SURROUNDINGS.resolver}\n`,
};
