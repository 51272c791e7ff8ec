import koffi from 'koffi';
import type { Family, SocketName } from '../../protocol/messages.ts';
import { formatIPv4, formatIPv6 } from '../../protocol/address.ts';
import { windows } from './constants-windows.ts';
import { decodeSockaddr, SOCKADDR_ROOM } from './sockaddr.ts';

const CONTROL_ROOM = 256;
/** A `WSACMSGHDR`, and the alignment of what follows it (WSA_CMSGDATA_ALIGN), in bytes. */
const CONTROL_HEADER = 16;
const ALIGNMENT = 8;

/** Where a 64-bit `WSAMSG` has its members: name, length of name, buffers, their number, and the control buffer. */
const NAME = 0;
const NAME_LENGTH = 8;
const BUFFERS = 16;
const BUFFER_COUNT = 24;
const CONTROL_LENGTH = 32;
const CONTROL = 40;

/** A `WSAMSG` of 64-bit Windows with room for a name and for control messages. */
export class WinsockMessage {
  readonly header = Buffer.alloc(56);
  readonly #name = Buffer.alloc(SOCKADDR_ROOM);
  readonly #control = Buffer.alloc(CONTROL_ROOM);
  /** A `WSABUF`: its length in four bytes, four bytes of padding, its address. */
  readonly #buffer = Buffer.alloc(16);

  prepare(data: Buffer, size: number): void {
    const { header } = this;
    this.#buffer.writeUInt32LE(size, 0);
    this.#buffer.writeBigUInt64LE(koffi.address(data), 8);
    header.fill(0);
    header.writeBigUInt64LE(koffi.address(this.#name), NAME);
    header.writeUInt32LE(this.#name.length, NAME_LENGTH);
    header.writeBigUInt64LE(koffi.address(this.#buffer), BUFFERS);
    header.writeUInt32LE(1, BUFFER_COUNT);
    header.writeUInt32LE(CONTROL_ROOM, CONTROL_LENGTH);
    header.writeBigUInt64LE(koffi.address(this.#control), CONTROL);
  }

  from(): SocketName | null {
    return decodeSockaddr(windows.sockaddr, this.#name, this.header.readUInt32LE(NAME_LENGTH));
  }

  /** The local address the datagram was sent to, when the socket asked for it with IP_PKTINFO or IPV6_PKTINFO. */
  destination(): string | null {
    const end = Math.min(this.header.readUInt32LE(CONTROL_LENGTH), CONTROL_ROOM);
    for (let at = 0; at + CONTROL_HEADER <= end;) {
      const length = this.#control.readUInt32LE(at);
      if (length < CONTROL_HEADER) return null;
      const level = this.#control.readInt32LE(at + 8);
      const type = this.#control.readInt32LE(at + 12);
      const found = windows.destination.find((known) => known.level === level && known.type === type);
      if (found) return this.#address(found.family, at + CONTROL_HEADER);
      at += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
    }
    return null;
  }

  #address(family: Family, at: number): string {
    if (family === 'inet') return formatIPv4(this.#control.subarray(at, at + 4));
    return formatIPv6(this.#control.subarray(at, at + 16));
  }
}
