/** The addresses that a machine is given for experiments; the first network is for documentation (RFC 5737), the other a unique local one. */
const SECOND = '192.0.2.130';
const SIXTH = ['fd00:5::130', 'fd00:5::131'] as const;
/** The first sixteen of 127.0.0.0/8, except the one that is always there. */
const LOOPBACKS = '2 3 4 5 6 7 8 9 10 11 12 13 14 15 16';

/** The lines that give a machine the addresses that it lacks. */
export interface AddressLines {
  /** 127.0.0.2 to 127.0.0.16; null where all of 127.0.0.0/8 is there already. */
  readonly loopback: string | null;
  /** A second IPv4 address of an interface. */
  readonly inet: (device: string) => string;
  /** IPv6 addresses of an interface, as many as it lacks of two. */
  readonly inet6: (device: string, count: 1 | 2) => string;
}

/**
 * The lines of a system, by Node's names. They last until the next start, and go with `-alias` (on Windows `delete
 * address`). Null where there is a better way, as Linux has the netns lab, or none is known.
 *
 * None of these lines has been run on its system yet. They are written as ifconfig(8) of macOS, FreeBSD and OpenBSD is
 * known to take them: `inet ADDRESS netmask MASK alias`, and for a second address in a network that is there already a mask
 * of all ones; `inet6 ADDRESS prefixlen LENGTH alias`. On Windows they are netsh's `interface ipv4 | ipv6 add address` with
 * `store=active`; without `dhcpstaticipcoexistence` an interface that has an address by DHCP would lose it.
 */
export function addressLines(system: string): AddressLines | null {
  if (system === 'win32') return WINDOWS;
  const root = AS_ROOT[system];
  if (root === undefined) return null;
  const ifconfig = `${root} ifconfig`;
  return {
    loopback: `for n in ${LOOPBACKS}; do ${ifconfig} lo0 inet 127.0.0.$n netmask 255.255.255.255 alias; done`,
    inet: (device) => `${ifconfig} ${device} inet ${SECOND} netmask 255.255.255.255 alias`,
    inet6: (device, count) =>
      SIXTH.slice(2 - count)
        .map((address) => `${ifconfig} ${device} inet6 ${address} prefixlen 64 alias`)
        .join(' && '),
  };
}

/** What makes a command root's; OpenBSD has doas(1) and no sudo. */
const AS_ROOT: Readonly<Record<string, string>> = { darwin: 'sudo', freebsd: 'sudo', netbsd: 'sudo', openbsd: 'doas' };

/** The word before a command that makes it root's on a system, by Node's names. */
export function asRoot(system: string): string {
  return AS_ROOT[system] ?? 'sudo';
}

const WINDOWS: AddressLines = {
  loopback: null,
  inet: (device) =>
    `netsh interface ipv4 set interface "${device}" dhcpstaticipcoexistence=enabled && netsh interface ipv4 add address "${device}" ${SECOND}/32 store=active`,
  inet6: (device, count) =>
    SIXTH.slice(2 - count)
      .map((address) => `netsh interface ipv6 add address "${device}" ${address}/64 store=active`)
      .join(' && '),
};
