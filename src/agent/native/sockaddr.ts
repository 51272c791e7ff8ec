import type { Family, NameForm, SocketName } from '../../protocol/messages.ts';
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../../protocol/address.ts';

/**
 * How a system lays out `struct sockaddr_in` and `sockaddr_in6`. On the BSDs and macOS they begin with a length
 * byte and a one-byte family; on Linux and Windows with a two-byte family in host order. The rest is the same everywhere.
 */
export interface SockaddrLayout {
  lengthByte: boolean;
  AF_INET: number;
  AF_INET6: number;
}

const AF_UNSPEC = 0;
const SIZE_INET = 16;
const SIZE_INET6 = 28;
/** Large enough for any socket name these calls return. */
export const SOCKADDR_ROOM = 128;

/**
 * Writes a socket name as the system's `sockaddr_in` or `sockaddr_in6`, or in another form, if one is given.
 * @throws RangeError when the address is not one of its family, or the port is not within 0 to 65535.
 */
export function encodeSockaddr(layout: SockaddrLayout, own: Family, name: SocketName, form: NameForm = {}): Buffer {
  const family = form.family ?? own;
  if (!Number.isInteger(name.port) || name.port < 0 || name.port > 65_535) {
    throw new RangeError(`port ${name.port} is not a number from 0 to 65535`);
  }
  const v6 = family === 'inet6';
  const buffer = Buffer.alloc(v6 ? SIZE_INET6 : SIZE_INET);
  writeFamily(layout, buffer, v6 ? layout.AF_INET6 : family === 'inet' ? layout.AF_INET : AF_UNSPEC);
  buffer.writeUInt16BE(name.port, 2);
  if (v6) {
    buffer.set(parseIPv6(name.address), 8);
    buffer.writeUInt32LE(name.scope ?? 0, 24);
  } else {
    buffer.set(parseIPv4(name.address), 4);
  }
  const { length = buffer.length } = form;
  return length <= buffer.length ? buffer.subarray(0, length) : Buffer.concat([buffer], length);
}

/** Puts another port into a socket name that was written before. @throws RangeError when it is not within 0 to 65535. */
export function patchPort(name: Buffer, port: number): void {
  name.writeUInt16BE(port, 2);
}

/** The port of a socket name of the internet that the system wrote. */
export function portIn(name: Buffer): number {
  return name.readUInt16BE(2);
}

/** A sockaddr of no family, which dissolves the association of a connected datagram socket. */
export function encodeUnspecified(layout: SockaddrLayout): Buffer {
  const buffer = Buffer.alloc(SIZE_INET);
  writeFamily(layout, buffer, AF_UNSPEC);
  return buffer;
}

/** Reads the family number; `length` is what the system said it wrote. */
export function sockaddrFamily(layout: SockaddrLayout, buffer: Buffer): number {
  return layout.lengthByte ? buffer.readUInt8(1) : buffer.readUInt16LE(0);
}

/** Reads a socket name that the system wrote, or null for a family other than these two. */
export function decodeSockaddr(layout: SockaddrLayout, buffer: Buffer, length: number): SocketName | null {
  if (length < SIZE_INET) return null;
  const family = sockaddrFamily(layout, buffer);
  const port = buffer.readUInt16BE(2);
  if (family === layout.AF_INET) return { address: formatIPv4(buffer.subarray(4, 8)), port };
  if (family !== layout.AF_INET6 || length < SIZE_INET6) return null;
  const scope = buffer.readUInt32LE(24);
  return { address: formatIPv6(buffer.subarray(8, 24)), port, ...(scope === 0 ? {} : { scope }) };
}

/** Writes the family into a socket name. */
function writeFamily(layout: SockaddrLayout, buffer: Buffer, family: number): void {
  if (layout.lengthByte) {
    buffer.writeUInt8(buffer.length, 0);
    buffer.writeUInt8(family, 1);
  } else {
    buffer.writeUInt16LE(family, 0);
  }
}
