import type { SocketName } from './messages.ts';
import type { OptionName, ReadValue } from './options.ts';

/** The options that a process read from a socket of another process, by their names in C. */
export type ReadOptions = Partial<Record<OptionName, ReadValue>>;

/** One socket as the kernel tells it by NETLINK_SOCK_DIAG (sock_diag(7)), which has more than the tables of /proc/net. */
export interface KernelSocket {
  local: SocketName;
  peer: SocketName;
  /** The kernel's number of the state. A TCP socket that is bound and nothing else has 7; Linux lists those since 6.8. */
  state: number;
  inode: number;
  /** The user who made it. */
  uid: number;
  /** The index of the interface that it is tied to; 0 for none. */
  device: number;
  /** What waits in its queues: of a listener the connections that wait for accept(), and the most that may wait. */
  received: number;
  queued: number;
  /** IPV6_V6ONLY, of IPv6 sockets that are not connected. */
  v6only?: boolean;
  /** Those of IP_FREEBIND, IP_TRANSPARENT and IP_BIND_ADDRESS_NO_PORT that are on; the kernel tells them since 5.10. */
  on?: OptionName[];
}
