import { darwin } from './constants-darwin.ts';
import { linux } from './constants-linux.ts';
import type { SockaddrLayout } from './sockaddr.ts';

interface SocketOption {
  level: number;
  number: number;
  /** `int` for a C int, `device` for an interface's name. */
  kind: 'int' | 'device';
}

/** What a system's C headers say, as far as an agent needs it. */
export interface SystemConstants {
  /** The C library to load; null takes what the process already has. */
  library: string | null;
  sockaddr: SockaddrLayout;
  SOCK_DGRAM: number;
  SOCK_STREAM: number;
  /** Flags that make `socket` and `accept4` non-blocking and close-on-exec at once; null where fcntl must do it. */
  socketFlags: number | null;
  F_SETFD: number;
  F_SETFL: number;
  FD_CLOEXEC: number;
  O_NONBLOCK: number;
  MSG_NOSIGNAL: number;
  /** Alignment of a control message, in bytes. */
  cmsgAlign: number;
  /** Width of cmsg_len in bytes. */
  cmsgLength: 4 | 8;
  /** Control messages that carry the local destination of a datagram. */
  destination: { level: number; type: number; family: 'inet' | 'inet6'; offset: number }[];
  options: Readonly<Record<string, SocketOption>>;
  SO_LINGER: { level: number; number: number };
  /** The option whose first byte is the state of a TCP connection, and the states by their numbers. */
  tcpState: { level: number; number: number; names: readonly string[] };
  /** Errno names that Node's own table lacks. */
  moreErrno: Readonly<Record<string, number>>;
}

/**
 * Every architecture listed is little-endian with eight-byte pointers, which the layouts above take for granted.
 * @throws Error for a system or architecture whose constants are not known.
 */
export function constantsFor(system: string, architecture: string): SystemConstants {
  if (system === 'linux' && ['x64', 'arm64', 'riscv64', 'loong64'].includes(architecture)) return linux;
  if (system === 'darwin') return darwin;
  throw new Error(`bindspec has no native layer for ${system} on ${architecture}`);
}
