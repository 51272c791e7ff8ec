import { formatIPv4, formatIPv6 } from '../../protocol/address.ts';
import type { KernelSocket } from '../../protocol/kernel-sockets.ts';
import type { Family, SocketName } from '../../protocol/messages.ts';
import type { OptionName } from '../../protocol/options.ts';
import { lazily, type Posix } from './posix-messages.ts';
import type { Native, Returned } from './types.ts';

// From linux/netlink.h, linux/sock_diag.h and linux/inet_diag.h.
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST_DUMP = 0x301;
const MSG_DONTWAIT = 0x40;
const HEADER = 16;
const REQUEST = 56;
const MESSAGE = 72;
const INET_DIAG_SKV6ONLY = 11;
const INET_DIAG_SOCKOPT = 22;
const IPPROTO = { tcp: 6, udp: 17 } as const;
/** The kernel writes at most 32 KiB into one message. */
const ROOM = 65_536;

/** In `struct tcp_info`, of a listener: how many connections wait (tcpi_unacked), and how many may (tcpi_sacked). */
const TCP_INFO_ROOM = 32;
const UNACKED = 24;
const SACKED = 28;

/** The bits of `struct inet_diag_sockopt`, by its bytes. */
const FLAGS: readonly (readonly [byte: number, bit: number, option: OptionName])[] = [
  [0, 0x04, 'IP_FREEBIND'],
  [0, 0x20, 'IP_TRANSPARENT'],
  [1, 0x01, 'IP_BIND_ADDRESS_NO_PORT'],
];

/** What Linux tells about sockets beside their options: the queue of a listener, and its own list of sockets. */
export function lookingOf({ constants, call, returned }: Posix): Pick<Native, 'backlog' | 'kernelSockets'> {
  const isLinux = constants.pidfd !== null;
  const calls = lazily(() => ({
    socket: call('int socket(int, int, int)'),
    send: call('intptr_t send(int, void *, size_t, int)'),
    recv: call('intptr_t recv(int, void *, size_t, int)'),
    getsockopt: call('int getsockopt(int, int, int, void *, void *)'),
    close: call('int close(int)'),
  }));
  return {
    backlog(fd) {
      if (!isLinux) return null;
      const { level, number, names } = constants.tcpState;
      const info = Buffer.alloc(TCP_INFO_ROOM);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(info.length, 0);
      if (calls().getsockopt(fd, level, number, info, length) < 0) return null;
      if (names[info.readUInt8(0)] !== 'LISTEN') return null;
      return { waiting: info.readUInt32LE(UNACKED), most: info.readUInt32LE(SACKED) };
    },
    kernelSockets(protocol, family, port = 0) {
      if (!isLinux) return null;
      const { socket, send, recv, close } = calls();
      const fd = returned(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
      if (fd < 0) return fd;
      try {
        const request = requestFor(IPPROTO[protocol], family === 'inet' ? 2 : 10, port);
        const sent = returned(send(fd, request, request.length, 0));
        if (sent < 0) return sent;
        const found: KernelSocket[] = [];
        const room = Buffer.alloc(ROOM);
        for (;;) {
          // The kernel has the next part ready when the last was taken, so this never has to wait.
          const bytes = returned(recv(fd, room, room.length, MSG_DONTWAIT));
          if (bytes < 0) return bytes;
          const ended = take(room.subarray(0, bytes), family, found);
          if (ended !== null) return ended < 0 ? ended : found;
        }
      } finally {
        close(fd);
      }
    },
  };
}

/** A `struct nlmsghdr` and a `struct inet_diag_req_v2` that ask for every state of every socket of a local port. */
function requestFor(protocol: number, family: number, port: number): Buffer {
  const bytes = Buffer.alloc(HEADER + REQUEST);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4);
  bytes.writeUInt16LE(NLM_F_REQUEST_DUMP, 6);
  bytes.writeUInt8(family, HEADER);
  bytes.writeUInt8(protocol, HEADER + 1);
  bytes.writeUInt32LE(0xffff_ffff, HEADER + 4);
  bytes.writeUInt16BE(port, HEADER + 8);
  // INET_DIAG_NOCOOKIE.
  bytes.writeUInt32LE(0xffff_ffff, HEADER + 48);
  bytes.writeUInt32LE(0xffff_ffff, HEADER + 52);
  return bytes;
}

/** Takes the sockets of one datagram of netlink. Null if more is to come, 0 at the end, or minus an errno. */
function take(bytes: Buffer, family: Family, found: KernelSocket[]): Returned | null {
  for (let at = 0; at + HEADER <= bytes.length;) {
    const length = bytes.readUInt32LE(at);
    const type = bytes.readUInt16LE(at + 4);
    if (length < HEADER || at + length > bytes.length) return null;
    if (type === NLMSG_DONE) return 0;
    if (type === NLMSG_ERROR) return bytes.readInt32LE(at + HEADER);
    if (type === SOCK_DIAG_BY_FAMILY && length >= HEADER + MESSAGE) {
      found.push(socketIn(bytes.subarray(at + HEADER, at + length), family));
    }
    at += aligned(length);
  }
  return null;
}

/** A `struct inet_diag_msg` and its attributes. */
function socketIn(bytes: Buffer, family: Family): KernelSocket {
  const name = (port: number, address: number): SocketName => ({
    address:
      family === 'inet'
        ? formatIPv4(bytes.subarray(address, address + 4))
        : formatIPv6(bytes.subarray(address, address + 16)),
    port: bytes.readUInt16BE(port),
  });
  const socket: KernelSocket = {
    local: name(4, 8),
    peer: name(6, 24),
    state: bytes.readUInt8(1),
    device: bytes.readUInt32LE(40),
    received: bytes.readUInt32LE(56),
    queued: bytes.readUInt32LE(60),
    uid: bytes.readUInt32LE(64),
    inode: bytes.readUInt32LE(68),
  };
  for (let at = MESSAGE; at + 4 <= bytes.length;) {
    const length = bytes.readUInt16LE(at);
    if (length < 4) break;
    const type = bytes.readUInt16LE(at + 2);
    const data = bytes.subarray(at + 4, at + length);
    if (type === INET_DIAG_SKV6ONLY && data.length > 0) socket.v6only = data[0] !== 0;
    if (type === INET_DIAG_SOCKOPT) {
      socket.on = FLAGS.flatMap(([byte, bit, option]) => (((data[byte] ?? 0) & bit) === 0 ? [] : [option]));
    }
    at += aligned(length);
  }
  return socket;
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}
