import { koffi } from './koffi.ts';
import type { SocketName } from '../../protocol/messages.ts';
import type { SystemConstants } from './constants.ts';
import { controlsIn, type ControlMessage } from './control.ts';
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

  /** Makes the next message be written into `data`, which has room for `size` bytes. */
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

  /** Who sent the message; null when that is not an internet address. */
  from(): SocketName | null {
    return decodeSockaddr(this.#constants.sockaddr, this.#name, this.header.readUInt32LE(MSGHDR.namelen));
  }

  /** The control messages that came with it. They lie in the buffer that the next message is written into. */
  controls(): ControlMessage[] {
    return controlsIn(this.#constants, this.#control, this.header.readUInt32LE(MSGHDR.controllen));
  }

  /** The flags that the system set, as a number. */
  flags(): number {
    return this.header.readUInt32LE(this.#constants.msgFlagsAt);
  }
}

/** The data that a `struct msghdr` for sendmsg() points at. */
export interface Outgoing {
  data: Buffer;
  name: Buffer | null;
  control: Buffer | null;
}

/** A `struct msghdr` for sendmsg(), and the buffer that must stay alive until the call has returned. */
export function outgoingHeader({ data, name, control }: Outgoing): { header: Buffer; vector: Buffer } {
  const header = Buffer.alloc(ROOM);
  const vector = Buffer.alloc(16);
  if (data.length > 0) vector.writeBigUInt64LE(koffi.address(data), 0);
  vector.writeBigUInt64LE(BigInt(data.length), 8);
  if (name !== null) {
    header.writeBigUInt64LE(koffi.address(name), MSGHDR.name);
    header.writeUInt32LE(name.length, MSGHDR.namelen);
  }
  header.writeBigUInt64LE(koffi.address(vector), MSGHDR.iov);
  header.writeUInt32LE(1, MSGHDR.iovlen);
  if (control !== null) {
    header.writeBigUInt64LE(koffi.address(control), MSGHDR.control);
    header.writeUInt32LE(control.length, MSGHDR.controllen);
  }
  return { header, vector };
}
