/**
 * The socket options that bindspec knows, by the names that C programs use, grouped by what they take. Only types, as in
 * `messages.ts`. An agent has a table for its system (`src/agent/native/constants-*.ts`) that says the level and number of
 * each option, or null where that system's headers define none.
 */

/** Options that take a whole number; an interface is given by its index. */
export type NumberOption =
  | 'SO_REUSEADDR'
  | 'SO_REUSEPORT'
  | 'SO_REUSEPORT_LB'
  | 'SO_REUSESHAREUID'
  | 'SO_EXCLUSIVEADDRUSE'
  | 'SO_ACCEPTCONN'
  | 'SO_BINDANY'
  | 'SO_BROADCAST'
  | 'SO_DOMAIN'
  | 'SO_DONTROUTE'
  | 'SO_ERROR'
  | 'SO_INCOMING_CPU'
  | 'SO_KEEPALIVE'
  | 'SO_MARK'
  | 'SO_PROTOCOL'
  | 'SO_RCVBUF'
  | 'SO_SNDBUF'
  | 'SO_TYPE'
  | 'IP_BINDANY'
  | 'IP_BIND_ADDRESS_NO_PORT'
  | 'IP_BOUND_IF'
  | 'IP_FREEBIND'
  /** The lowest port in the lower 16 bits, and the highest in the upper ones. */
  | 'IP_LOCAL_PORT_RANGE'
  | 'IP_MTU'
  | 'IP_MTU_DISCOVER'
  | 'IP_MULTICAST_ALL'
  | 'IP_MULTICAST_LOOP'
  | 'IP_MULTICAST_TTL'
  | 'IP_PKTINFO'
  | 'IP_PORTRANGE'
  | 'IP_RECVDSTADDR'
  | 'IP_RECVERR'
  | 'IP_TRANSPARENT'
  | 'IP_TTL'
  | 'IP_UNICAST_IF'
  | 'IPV6_BINDANY'
  | 'IPV6_BOUND_IF'
  | 'IPV6_FREEBIND'
  | 'IPV6_MTU'
  | 'IPV6_MTU_DISCOVER'
  | 'IPV6_MULTICAST_ALL'
  | 'IPV6_MULTICAST_HOPS'
  | 'IPV6_MULTICAST_IF'
  | 'IPV6_MULTICAST_LOOP'
  | 'IPV6_PORTRANGE'
  | 'IPV6_RECVERR'
  | 'IPV6_RECVPKTINFO'
  | 'IPV6_TRANSPARENT'
  | 'IPV6_UNICAST_HOPS'
  | 'IPV6_UNICAST_IF'
  | 'IPV6_V6ONLY'
  | 'TCP_DEFER_ACCEPT'
  /** The most connections that may wait with data in their first segment; not 0 says that the listener takes such ones. */
  | 'TCP_FASTOPEN'
  | 'TCP_LINGER2'
  | 'TCP_NODELAY'
  /** Set to 1, it also sends at once an acknowledgement that waits. */
  | 'TCP_QUICKACK'
  /** A control code of WSAIoctl(), which Windows has in place of an option. */
  | 'SIO_UDP_CONNRESET'
  /** Times in milliseconds; the agent writes them as a `struct timeval` where the system needs one. */
  | 'SO_RCVTIMEO'
  | 'SO_SNDTIMEO';

/** Options that take text: the name of a device, or the IPv4 address of an interface. */
export type TextOption = 'SO_BINDTODEVICE' | 'IP_MULTICAST_IF';

/** Options that take a `struct linger`. */
type LingerOption = 'SO_LINGER';

/** Options that take a `struct ip_mreq` or a `struct ipv6_mreq`. On no system does getsockopt() return the groups of a socket. */
type GroupOption = 'IP_ADD_MEMBERSHIP' | 'IP_DROP_MEMBERSHIP' | 'IPV6_JOIN_GROUP' | 'IPV6_LEAVE_GROUP';

/** Options that take a `struct ip_mreq_source`: a group, and one sender that is wanted or not wanted. */
type SourceOption = 'IP_ADD_SOURCE_MEMBERSHIP' | 'IP_BLOCK_SOURCE';

export type OptionName = NumberOption | TextOption | LingerOption | GroupOption | SourceOption;

/** Whether close() waits until all data is sent, and for how many seconds at most. */
export interface Linger {
  on: boolean;
  seconds: number;
}

/** A multicast group on one interface, given by its IPv4 address, or its index for IPv6. At 0.0.0.0 or 0 the system chooses. */
export interface GroupMembership {
  group: string;
  interface: string | number;
}

/** One sender of a multicast group. */
export interface GroupSource extends GroupMembership {
  source: string;
}

/** An option and a value that it can take. */
export type OptionSetting =
  | { option: NumberOption; value: number }
  | { option: TextOption; value: string }
  | { option: LingerOption; value: Linger }
  | { option: GroupOption; value: GroupMembership }
  | { option: SourceOption; value: GroupSource };

export type OptionValue = OptionSetting['value'];

/** A value that getsockopt() reads. */
export type ReadValue = number | string | Linger;
