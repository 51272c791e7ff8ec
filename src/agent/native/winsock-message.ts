import { koffi } from './koffi.ts';
import type { SocketName } from '../../protocol/messages.ts';
import { windows } from './constants-windows.ts';
import { controlsIn, destinationIn } from './control.ts';
import { decodeSockaddr, SOCKADDR_ROOM } from './sockaddr.ts';

/** Where the members of a 64-bit `WSAMSG` are, in bytes; its control buffer is a `WSABUF` in the middle of it. */
export const WSAMSG = {
  name: 0,
  namelen: 8,
  lpBuffers: 16,
  dwBufferCount: 24,
  controlLen: 32,
  controlBuf: 40,
} as const;
/** Where the members of a `WSABUF` are. */
export const WSABUF = { len: 0, buf: 8 } as const;
const ROOM = 56;
const CONTROL_ROOM = 256;

/** A `WSAMSG` for WSARecvMsg(), with room for a name and for control messages. */
export class WinsockMessage {
  readonly header = Buffer.alloc(ROOM);
  readonly #name = Buffer.alloc(SOCKADDR_ROOM);
  readonly #control = Buffer.alloc(CONTROL_ROOM);
  readonly #buffer = Buffer.alloc(16);

  /** Makes the next message be written into `data`, which has room for `size` bytes. */
  prepare(data: Buffer, size: number): void {
    const { header } = this;
    this.#buffer.writeUInt32LE(size, WSABUF.len);
    this.#buffer.writeBigUInt64LE(koffi.address(data), WSABUF.buf);
    header.fill(0);
    header.writeBigUInt64LE(koffi.address(this.#name), WSAMSG.name);
    header.writeUInt32LE(this.#name.length, WSAMSG.namelen);
    header.writeBigUInt64LE(koffi.address(this.#buffer), WSAMSG.lpBuffers);
    header.writeUInt32LE(1, WSAMSG.dwBufferCount);
    header.writeUInt32LE(this.#control.length, WSAMSG.controlLen);
    header.writeBigUInt64LE(koffi.address(this.#control), WSAMSG.controlBuf);
  }

  /** Who sent the message; null when that is not an internet address. */
  from(): SocketName | null {
    return decodeSockaddr(windows.sockaddr, this.#name, this.header.readUInt32LE(WSAMSG.namelen));
  }

  /** The local address it was sent to, when the socket asked for that. */
  destination(): string | null {
    const controls = controlsIn(windows, this.#control, this.header.readUInt32LE(WSAMSG.controlLen));
    return destinationIn(windows, controls)?.to ?? null;
  }
}
