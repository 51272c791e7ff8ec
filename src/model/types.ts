/** The types that all models share. This file has no code that runs; the models in this folder are pure. */

import type { Family } from '../protocol/messages.ts';

export type { Family };
export type Protocol = 'udp' | 'tcp';

export const SYSTEM_NAMES = ['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd', 'windows', 'gvisor', 'wine'] as const;
export type SystemName = (typeof SYSTEM_NAMES)[number];

/** A rule's id: the system that it belongs to, and its name there. */
export type RuleId = `${SystemName}/${string}`;

/** The result of a call: `ok`, or the symbolic name of the error. */
export type Outcome =
  | 'ok'
  | 'EACCES'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EAFNOSUPPORT'
  | 'EALREADY'
  | 'ECONNABORTED'
  | 'ECONNREFUSED'
  | 'ECONNRESET'
  | 'EHOSTUNREACH'
  | 'EINPROGRESS'
  | 'EINVAL'
  | 'EISCONN'
  | 'ENETUNREACH'
  | 'ENODEV'
  | 'ENOTCONN'
  | 'ENXIO'
  | 'EOPNOTSUPP'
  | 'EPERM'
  | 'ETIMEDOUT'
  | 'WSAEACCES'
  | 'WSAEADDRINUSE'
  | 'WSAEADDRNOTAVAIL'
  | 'WSAEAFNOSUPPORT'
  | 'WSAEALREADY'
  | 'WSAECONNABORTED'
  | 'WSAECONNREFUSED'
  | 'WSAEINVAL'
  | 'WSAEISCONN'
  | 'WSAENETUNREACH'
  | 'WSAENOTCONN'
  | 'WSAEOPNOTSUPP'
  | 'WSAEWOULDBLOCK';

/** The socket options that decide conflicts; an option that is left out is off. */
export interface Options {
  readonly reuseaddr?: boolean;
  readonly reuseport?: boolean;
  /** SO_EXCLUSIVEADDRUSE (Windows, Wine). */
  readonly exclusive?: boolean;
  /** SO_REUSEPORT_LB (FreeBSD). */
  readonly reuseportLb?: boolean;
  /** SO_REUSESHAREUID (macOS). */
  readonly reuseShareUid?: boolean;
}

/** The socket options that decide who receives, but not conflicts. */
export interface ReceiveOptions {
  /** IP_MULTICAST_ALL (Linux): on for AF_INET and off for AF_INET6 from the start. */
  readonly multicastAll?: boolean;
  /** IPV6_MULTICAST_ALL (Linux): on from the start. */
  readonly multicastAll6?: boolean;
}

/** A socket that a program is about to bind, and the name that it asks for. */
export interface NextSocket {
  readonly protocol: Protocol;
  readonly family: Family;
  /** IPV6_V6ONLY; when left out, the system's own default. */
  readonly v6only?: boolean;
  /** In any spelling. A link-local one may end in its scope: `fe80::1%eth0`. */
  readonly address: string;
  readonly port: number;
  /**
   * The device that sin6_scope_id names, for link-local addresses and groups; none when left out. A name that is not one of
   * the host's devices means a scope that no interface has.
   */
  readonly scope?: string;
  readonly options?: Options;
  /**
   * Whether the socket may be bound to an address that no interface has: IP_FREEBIND or IP_TRANSPARENT on Linux,
   * IP_BINDANY on FreeBSD and NetBSD, SO_BINDANY on OpenBSD.
   */
  readonly anyAddress?: boolean;
  /** The owner of the socket object; 0, root, when left out. */
  readonly uid?: number;
  /** Whether the caller may bind a privileged port; when left out, only uid 0 may. */
  readonly privileged?: boolean;
  /** SO_BINDTODEVICE: the interface that the socket is tied to. */
  readonly device?: string;
  /** SO_SETFIB: the routing table of the socket (FreeBSD). SO_RTABLE: the routing domain of its table (OpenBSD). 0 when left out. */
  readonly domain?: number;
  /**
   * Whether this IPv6 TCP socket has connected to a v4-mapped address before, on a port that it has lost since. Linux sends
   * what it does later over IPv4 too. On the port of a simulation the model sees that itself.
   */
  readonly connectedOverIPv4?: boolean;
  /** IP_LOCAL_PORT_RANGE: the ports from which the system chooses (Linux, since 6.3). */
  readonly portRange?: Interval;
}

/** Ports from the first to the last. */
interface Interval {
  readonly from: number;
  readonly to: number;
}

export type State =
  | 'bound'
  | 'listening'
  | 'connecting'
  | 'connected'
  | 'accepted'
  | 'close-wait'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'time-wait'
  | 'shut-down';

/** A socket that is already present: how it was bound, and the state that it is in now. */
export interface PresentSocket extends NextSocket {
  /** `bound` when left out. For an `accepted` socket, the given name is that of its listener, which has been closed. */
  readonly state?: State;
  /** The present local address, if connect() or accept() replaced a wildcard. */
  readonly local?: string;
  /** Whether connect(), and not bind(), chose the port. */
  readonly autobound?: boolean;
}

/** The special property of an interface's address that is not an ordinary one. */
type AddressFlag = 'tentative' | 'duplicated' | 'detached' | 'deprecated' | 'anycast';

/** Ports that a system reserves: from the first to the last, of both protocols unless one is named. */
interface PortRange extends Interval {
  readonly protocol?: Protocol;
}

/** The facts about the machine that the models need. All of them may be left out. */
export interface Host {
  /** The addresses of its interfaces. When left out, every address that an interface can have counts as local. */
  readonly addresses?: readonly string[];
  /** The addresses of each interface, by its name, for sockets tied to it. When left out, each interface has them all. */
  readonly devices?: Readonly<Record<string, readonly string[]>>;
  /** The broadcast addresses of its interfaces, for example `192.0.2.255`. */
  readonly broadcasts?: readonly string[];
  /** Addresses of its interfaces that are not (or not yet) ordinary ones. */
  readonly flags?: Readonly<Record<string, AddressFlag>>;
  /** The first port that needs no privilege; 1024 when left out. */
  readonly unprivilegedPortStart?: number;
  /** The value of IPV6_V6ONLY on a new socket: net.ipv6.bindv6only, net.inet6.ip6.v6only. The system's own when left out. */
  readonly bindv6only?: boolean;
  /** The families in which any address may be bound (Linux, net.ipv4.ip_nonlocal_bind and net.ipv6.ip_nonlocal_bind). */
  readonly nonlocalBind?: readonly Family[];
  /** False if the kernel has no IPv6, so that no IPv6 socket can be made. */
  readonly ipv6?: boolean;
  /** The devices of each VRF, by the VRF's name (Linux). */
  readonly vrfs?: Readonly<Record<string, readonly string[]>>;
  /** net.ipv4.tcp_l3mdev_accept (Linux); off when left out. */
  readonly tcpL3mdevAccept?: boolean;
  /** Ports that no one may bind (Windows, `netsh int ipv4 show excludedportrange`; without those marked `*`). */
  readonly excludedPorts?: readonly PortRange[];
  /** How many UDP ports the wildcard sockets of each family hold in total (macOS has a limit). */
  readonly udpWildcardPorts?: Readonly<Partial<Record<Family, number>>>;
  /** net.ipv4.ip_autobind_reuse (Linux); off when left out. */
  readonly autobindReuse?: boolean;
  /** net.ipv4.ip_local_port_range (Linux). When left out, the system may choose every port, unless a socket has a range. */
  readonly localPortRange?: Interval;
  /** net.inet.udp.bind_all_fibs and net.inet.tcp.bind_all_fibs (FreeBSD, since 14.3); on when left out. */
  readonly bindAllFibs?: boolean;
  /** The addresses of each routing domain, by its number (OpenBSD). When left out, each domain has all addresses. */
  readonly domains?: Readonly<Record<string, readonly string[]>>;
}

export interface Setting {
  readonly host?: Host;
  /**
   * The system's release: for example `14.3` of FreeBSD, `10.13` of macOS (or the number of the Darwin kernel), `20240729`
   * of gVisor, `6.1.192` of Linux. When left out, the model allows the behaviour of every release in use today; on Linux
   * only that of the newest known.
   */
  readonly release?: string;
  /** The Linux kernel's version, of Linux itself (as `release`) or below Wine; the newest known behaviour when left out. */
  readonly kernel?: string;
}

/** A model's prediction for one call: every outcome that it allows, the likeliest first, and the rule that decided. */
export interface Prediction {
  readonly outcomes: readonly Outcome[];
  readonly rule: RuleId;
  /** The id of the socket that causes the conflict, or that the rule looked at. */
  readonly holder?: number;
}

/** The other end of a connection. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** One step on the port, for the simulator. The caller chooses the numbers that name sockets. */
export type Operation =
  /**
   * bind() to the name. With `chosen` the program asked for port 0, and the prediction says whether the system may choose
   * this port: `ok` if it may. With `addressOnly` too, IP_BIND_ADDRESS_NO_PORT is set (Linux): the socket gets the address and
   * no port, so that it is not on this one; what connect() or listen() gives it later is their `as`.
   */
  | ({
      readonly op: 'bind';
      readonly socket: number;
      readonly chosen?: boolean;
      readonly addressOnly?: boolean;
    } & NextSocket)
  /** listen(). `as` describes a socket that was not bound: listen() gave it this port. */
  | { readonly op: 'listen'; readonly socket: number; readonly as?: NextSocket }
  /**
   * connect(). `local` is the local address that the system chose. It has an effect only on a wildcard, and is not needed
   * if the call failed. `as` describes a socket that was not bound: connect() gave it this port. `to` is the peer. If the
   * caller gives it, the model also judges whether the same connection exists already. On a connected UDP socket this is a
   * second connect(). Some systems begin it with a disconnect, so that the socket loses the name that it was bound to.
   * A TCP socket with `nonblocking` gets EINPROGRESS where another one would wait: it is `connecting` from then on.
   */
  | {
      readonly op: 'connect';
      readonly socket: number;
      readonly local?: string;
      readonly as?: NextSocket;
      readonly to?: Peer;
      readonly nonblocking?: boolean;
    }
  /** accept() returned a new socket; `uid` is the user who called accept(). */
  | {
      readonly op: 'accept';
      readonly socket: number;
      readonly listener: number;
      readonly local: string;
      readonly uid?: number;
      readonly from?: Peer;
    }
  | { readonly op: 'peer-close'; readonly socket: number }
  /** The peer reset the connection; the descriptor is still open. */
  | { readonly op: 'peer-reset'; readonly socket: number }
  /**
   * close(): the socket is gone at once, for example because its peer had closed first, or it `leaves` a TCP state.
   * A second close() of the same number means that this state expired.
   */
  | {
      readonly op: 'close';
      readonly socket: number;
      readonly leaves?: 'fin-wait-1' | 'fin-wait-2' | 'time-wait';
    }
  /** setsockopt() on a socket that is bound already. The prediction for `v6only` says that the call fails. */
  | {
      readonly op: 'set';
      readonly socket: number;
      readonly options?: Options & ReceiveOptions;
      readonly device?: string | null;
      readonly v6only?: boolean;
    }
  /**
   * sendto() with an address, on a UDP socket. `local` is the source address that the system chose. `as` describes a socket
   * that was not bound: sendto() gave it this port.
   */
  | {
      readonly op: 'send';
      readonly socket: number;
      readonly to?: Peer;
      readonly local?: string;
      readonly as?: NextSocket;
    }
  | { readonly op: 'shutdown'; readonly socket: number }
  /** The socket joins or leaves a multicast group, on a device if one is named. It matters only for who receives. */
  | { readonly op: 'join' | 'leave'; readonly socket: number; readonly group: string; readonly device?: string }
  /**
   * A disconnect, by connect() to AF_UNSPEC or (macOS) by disconnectx(). When `by` is left out, the outcomes of both calls
   * are allowed. So is `ok`, for a caller that only says that the socket was disconnected.
   */
  | { readonly op: 'disconnect'; readonly socket: number; readonly by?: 'AF_UNSPEC' | 'disconnectx' };
