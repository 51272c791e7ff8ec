import type {
  GroupMembership,
  GroupSource,
  Linger,
  OptionName,
  OptionValue,
  ReadValue,
} from '../../protocol/options.ts';
import { formatIPv4, parseIPv4, parseIPv6 } from '../../protocol/address.ts';

/**
 * The form in memory of the value that an option takes and gives: a C int or an unsigned char; the index of an interface as an int in
 * network byte order; the name of a device; the address of an interface; a `struct linger` of ints or (Windows) of shorts;
 * a `struct timeval` of 16 bytes; a `struct ip_mreq` or `struct ipv6_mreq`; a `struct ip_mreq_source`, in which the interface
 * comes second or (the BSDs, Windows) last.
 */
export type OptionKind =
  | 'int'
  | 'byte'
  | 'index'
  | 'device'
  | 'address'
  | 'linger'
  | 'linger-short'
  | 'timeval'
  | 'group'
  | 'group6'
  | 'source'
  | 'source-bsd';

/**
 * The entry of an option in a system's table; null where the system has no number for it.
 * @throws Error for a name that is in no table; only a mistake in the harness can cause that
 */
export function optionIn<T>(table: Readonly<Record<OptionName, T | null>>, option: OptionName): T | null {
  if (!Object.hasOwn(table, option)) throw new Error(`unknown option '${option}'`);
  return table[option];
}

/** Room for any value that getsockopt() writes. */
export const VALUE_ROOM = 64;

const SIZE: Readonly<Record<OptionKind, number>> = {
  int: 4,
  byte: 1,
  index: 4,
  // IFNAMSIZ, of Linux and the BSDs.
  device: 16,
  address: 4,
  linger: 8,
  'linger-short': 4,
  timeval: 16,
  group: 8,
  group6: 20,
  source: 12,
  'source-bsd': 12,
};

/** For how many bytes getsockopt() gets room. */
export function sizeOf(kind: OptionKind): number {
  return SIZE[kind];
}

/** The bytes of a value. @throws Error for a value that an option of this kind can't take: the harness's mistake. */
export function encodeValue(kind: OptionKind, value: OptionValue): Buffer {
  if (kind === 'device') return Buffer.from(`${textIn(value)}\0`);
  if (kind === 'address') return Buffer.from(parseIPv4(textIn(value)));
  const bytes = Buffer.alloc(SIZE[kind]);
  switch (kind) {
    case 'int':
      // A number with the highest bit set may be given as positive or negative, for example two ports in one.
      bytes.writeInt32LE(numberIn(value) > 0x7fff_ffff ? numberIn(value) - 2 ** 32 : numberIn(value));
      break;
    case 'byte':
      bytes.writeUInt8(numberIn(value));
      break;
    case 'index':
      bytes.writeUInt32BE(numberIn(value));
      break;
    case 'timeval': {
      const milliseconds = numberIn(value);
      bytes.writeBigInt64LE(BigInt(Math.trunc(milliseconds / 1000)), 0);
      // tv_usec has four bytes on macOS; the upper half of these eight bytes is then zero, and macOS does not look at it.
      bytes.writeBigInt64LE(BigInt((milliseconds % 1000) * 1000), 8);
      break;
    }
    case 'linger':
    case 'linger-short': {
      const { on, seconds } = lingerIn(value);
      if (kind === 'linger') {
        bytes.writeInt32LE(on ? 1 : 0, 0);
        bytes.writeInt32LE(seconds, 4);
      } else {
        bytes.writeUInt16LE(on ? 1 : 0, 0);
        bytes.writeUInt16LE(seconds, 2);
      }
      break;
    }
    case 'group':
    case 'group6': {
      const { group, interface: at } = membershipIn(value);
      if (kind === 'group') {
        bytes.set(parseIPv4(group), 0);
        bytes.set(parseIPv4(textIn(at)), 4);
      } else {
        bytes.set(parseIPv6(group), 0);
        bytes.writeUInt32LE(numberIn(at), 16);
      }
      break;
    }
    case 'source':
    case 'source-bsd': {
      const { group, interface: at, source } = sourceIn(value);
      const [second, third] = kind === 'source' ? [textIn(at), source] : [source, textIn(at)];
      for (const [place, address] of [group, second, third].entries()) bytes.set(parseIPv4(address), 4 * place);
      break;
    }
  }
  return bytes;
}

/** Reads a value that getsockopt() wrote; undefined for a group, because no system reports groups. */
export function decodeValue(kind: OptionKind, bytes: Buffer, length: number): ReadValue | undefined {
  switch (kind) {
    // Where a system writes fewer bytes than an int has, the others are zero.
    case 'int':
    case 'byte':
      return bytes.readInt32LE(0);
    case 'index':
      return bytes.readUInt32BE(0);
    case 'device':
      return bytes.toString('latin1', 0, length).replace(/\0.*$/s, '');
    case 'address':
      return formatIPv4(bytes.subarray(0, 4));
    case 'timeval':
      return Number(bytes.readBigInt64LE(0)) * 1000 + bytes.readInt32LE(8) / 1000;
    case 'linger':
      return { on: bytes.readInt32LE(0) !== 0, seconds: bytes.readInt32LE(4) };
    case 'linger-short':
      return { on: bytes.readUInt16LE(0) !== 0, seconds: bytes.readUInt16LE(2) };
    case 'group':
    case 'group6':
    case 'source':
    case 'source-bsd':
      return undefined;
  }
}

function numberIn(value: OptionValue | string | number): number {
  if (typeof value !== 'number') throw new Error(`${JSON.stringify(value)} is not a number, which the option takes`);
  return value;
}

function textIn(value: OptionValue | string | number): string {
  if (typeof value !== 'string') throw new Error(`${JSON.stringify(value)} is not text, which the option takes`);
  return value;
}

function lingerIn(value: OptionValue): Linger {
  if (typeof value === 'object' && 'on' in value) return value;
  throw new Error(`${JSON.stringify(value)} is not { on, seconds }, which the option takes`);
}

function sourceIn(value: OptionValue): GroupSource {
  if (typeof value === 'object' && 'source' in value) return value;
  throw new Error(`${JSON.stringify(value)} is not { group, interface, source }, which the option takes`);
}

function membershipIn(value: OptionValue): GroupMembership {
  if (typeof value === 'object' && 'group' in value) return value;
  throw new Error(`${JSON.stringify(value)} is not { group, interface }, which the option takes`);
}
