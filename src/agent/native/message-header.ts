import koffi from 'koffi';
import type { Family, SocketName } from '../../protocol/messages.ts';
import { formatIPv4, formatIPv6 } from '../../protocol/address.ts';
import type { SystemConstants } from './constants.ts';
import { decodeSockaddr, SOCKADDR_ROOM } from './sockaddr.ts';

/**
 * Where the fields of `struct msghdr` are, in bytes, on a system with eight-byte pointers. msg_iovlen and msg_controllen
 * are eight bytes wide with glibc and four elsewhere, at the same offsets: on a little-endian system with the header
 * zeroed, writing and reading the low four suits both.
 */
export const MSGHDR = { name: 0, namelen: 8, iov: 16, iovlen: 24, control: 32, controllen: 40 } as const;
const ROOM = 56;
const CONTROL_ROOM = 256;

/** A `struct msghdr` for recvmsg(), with room for a name and for control messages. */
export class MessageHeader {
  readonly header = Buffer.alloc(ROOM);
  readonly #name = Buffer.alloc(SOCKADDR_ROOM);
  readonly #control = Buffer.alloc(CONTROL_ROOM);
  readonly #vector = Buffer.alloc(16);
  readonly #constants: SystemConstants;

  constructor(constants: SystemConstants) {
    this.#constants = constants;
  }

  /** Has the next message written into `data`, of which `size` bytes are room. */
  prepare(data: Buffer, size: number): void {
    const { header } = this;
    this.#vector.writeBigUInt64LE(koffi.address(data), 0);
    this.#vector.writeBigUInt64LE(BigInt(size), 8);
    header.fill(0);
    header.writeBigUInt64LE(koffi.address(this.#name), MSGHDR.name);
    header.writeUInt32LE(this.#name.length, MSGHDR.namelen);
    header.writeBigUInt64LE(koffi.address(this.#vector), MSGHDR.iov);
    header.writeUInt32LE(1, MSGHDR.iovlen);
    header.writeBigUInt64LE(koffi.address(this.#control), MSGHDR.control);
    header.writeUInt32LE(this.#control.length, MSGHDR.controllen);
  }

  /** Who sent the message; null when that is no internet address. */
  from(): SocketName | null {
    return decodeSockaddr(this.#constants.sockaddr, this.#name, this.header.readUInt32LE(MSGHDR.namelen));
  }

  /** The local address it was sent to, when the socket asked for that. */
  destination(): string | null {
    return destinationIn(this.#constants, this.#control, this.header.readUInt32LE(MSGHDR.controllen));
  }
}

/**
 * The local address that a datagram was sent to, from its control messages: of IP_PKTINFO, IP_RECVDSTADDR or
 * IPV6_RECVPKTINFO, whichever the system has and the socket asked for. Null when none of them is there.
 * @param end how many bytes of control messages the system wrote
 */
export function destinationIn(
  constants: Pick<SystemConstants, 'cmsgAlign' | 'cmsgLength' | 'destination'>,
  control: Buffer,
  end: number,
): string | null {
  const { cmsgAlign, cmsgLength, destination } = constants;
  const headerSize = align(cmsgLength + 8, cmsgAlign);
  for (let at = 0; at + headerSize <= end;) {
    const length = control.readUInt32LE(at);
    if (length < headerSize) return null;
    const level = control.readInt32LE(at + cmsgLength);
    const type = control.readInt32LE(at + cmsgLength + 4);
    const found = destination.find((known) => known.level === level && known.type === type);
    if (found) return address(found.family, control, at + headerSize + found.offset);
    at += align(length, cmsgAlign);
  }
  return null;
}

function address(family: Family, control: Buffer, at: number): string {
  if (family === 'inet') return formatIPv4(control.subarray(at, at + 4));
  return formatIPv6(control.subarray(at, at + 16));
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
