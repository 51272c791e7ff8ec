import type { Family, MessageFlag } from '../../protocol/messages.ts';
import type { OptionName } from '../../protocol/options.ts';
import { darwin } from './constants-darwin.ts';
import { freebsd } from './constants-freebsd.ts';
import { linux } from './constants-linux.ts';
import { openbsd } from './constants-openbsd.ts';
import type { OptionKind } from './option-value.ts';
import type { SockaddrLayout } from './sockaddr.ts';

/** An option as a system's headers define it. */
export interface SocketOption {
  level: number;
  number: number;
  kind: OptionKind;
}

/** Every option, so that none can be forgotten for a system; null where the system's headers do not define that name. */
export type OptionTable = Readonly<Record<OptionName, SocketOption | null>>;

/** The errors that calls on sockets return, except those whose number has another name on the system. */
export type ErrnoName =
  | 'EPERM'
  | 'EINTR'
  | 'ENXIO'
  | 'EBADF'
  | 'ENOMEM'
  | 'EACCES'
  | 'EFAULT'
  | 'ENODEV'
  | 'EINVAL'
  | 'ENFILE'
  | 'EMFILE'
  | 'EPIPE'
  | 'EAGAIN'
  | 'EINPROGRESS'
  | 'EALREADY'
  | 'ENOTSOCK'
  | 'EDESTADDRREQ'
  | 'EMSGSIZE'
  | 'EPROTOTYPE'
  | 'ENOPROTOOPT'
  | 'EPROTONOSUPPORT'
  | 'ESOCKTNOSUPPORT'
  | 'EOPNOTSUPP'
  | 'EPFNOSUPPORT'
  | 'EAFNOSUPPORT'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'ENETDOWN'
  | 'ENETUNREACH'
  | 'ENETRESET'
  | 'ECONNABORTED'
  | 'ECONNRESET'
  | 'ENOBUFS'
  | 'EISCONN'
  | 'ENOTCONN'
  | 'ESHUTDOWN'
  | 'ETOOMANYREFS'
  | 'ETIMEDOUT'
  | 'ECONNREFUSED'
  | 'EHOSTDOWN'
  | 'EHOSTUNREACH';

/** The constants and layouts of a system's C headers that an agent needs. */
export interface SystemConstants {
  /** The C library to load; null takes the one that the process has loaded already. */
  library: string | null;
  sockaddr: SockaddrLayout;
  SOCK_DGRAM: number;
  SOCK_STREAM: number;
  /** Flags that make `socket` and `accept4` non-blocking and close-on-exec at once; null where fcntl must do it. */
  socketFlags: number | null;
  /** Whether the C library has disconnectx(). */
  disconnectx?: true;
  F_SETFD: number;
  F_SETFL: number;
  FD_CLOEXEC: number;
  O_NONBLOCK: number;
  MSG_NOSIGNAL: number;
  /** Alignment of a control message, in bytes. */
  cmsgAlign: number;
  /** Width of cmsg_len in bytes. */
  cmsgLength: 4 | 8;
  /** Where msg_flags is in a `struct msghdr`. */
  msgFlagsAt: 44 | 48;
  /** Null where the system has no flag of that name. */
  messageFlags: Readonly<Record<MessageFlag, number | null>>;
  /**
   * Control messages that carry the local destination of a datagram: the place of the address in them, and the place of the
   * interface's index if they have it.
   */
  destination: readonly { level: number; type: number; family: Family; offset: number; index?: number }[];
  /** Control messages that say which address a datagram is to be sent from, with the same places. */
  source: Readonly<Record<Family, { level: number; type: number; size: number; offset: number; index?: number }>>;
  /** Control messages with a `struct sock_extended_err`, on systems that have them. */
  queuedErrors: readonly { level: number; type: number }[];
  AF_UNIX: number;
  SOL_SOCKET: number;
  SCM_RIGHTS: number;
  /** The numbers of system calls for which the C library may have no function; null where there is no such call. */
  pidfd: { open: number; getfd: number } | null;
  options: OptionTable;
  SO_LINGER: SocketOption;
  SO_ERROR: SocketOption;
  /** The option whose first byte is the state of a TCP connection, and the states by their numbers. */
  tcpState: { level: number; number: number; names: readonly string[] };
  /** The numbers of errors. Where two names have one number, it is the name that the manual pages of bind and connect use. */
  errno: Readonly<Record<ErrnoName, number>>;
}

/**
 * Every architecture listed is little-endian with eight-byte pointers; the layouts above rely on that.
 * @throws Error for a system or architecture whose constants are not known.
 */
export function constantsFor(system: string, architecture: string): SystemConstants {
  if (system === 'linux' && ['x64', 'arm64', 'riscv64', 'loong64'].includes(architecture)) return linux;
  if (['x64', 'arm64'].includes(architecture)) {
    if (system === 'darwin') return darwin;
    if (system === 'freebsd') return freebsd;
    if (system === 'openbsd') return openbsd;
  }
  // The right constants are known, but no agent can use them: one day they would be wrong, and no one would see it.
  const why = system === 'netbsd' ? ': koffi, which makes the system calls, comes without a build for NetBSD' : '';
  throw new Error(`bindspec has no native layer for ${system} on ${architecture}${why}`);
}
