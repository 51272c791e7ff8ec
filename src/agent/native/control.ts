import type { Family, QueuedError } from '../../protocol/messages.ts';
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../../protocol/address.ts';
import type { SystemConstants } from './constants.ts';
import { decodeSockaddr } from './sockaddr.ts';

type Layout = Pick<SystemConstants, 'cmsgAlign' | 'cmsgLength'>;

/** A control message of recvmsg(). */
export interface ControlMessage {
  level: number;
  type: number;
  data: Buffer;
}

/** The control messages that the system wrote. They take the first `end` bytes. */
export function controlsIn({ cmsgAlign, cmsgLength }: Layout, control: Buffer, end: number): ControlMessage[] {
  const headerSize = align(cmsgLength + 8, cmsgAlign);
  const found: ControlMessage[] = [];
  for (let at = 0; at + headerSize <= end;) {
    const length = control.readUInt32LE(at);
    if (length < headerSize) break;
    found.push({
      level: control.readInt32LE(at + cmsgLength),
      type: control.readInt32LE(at + cmsgLength + 4),
      data: control.subarray(at + headerSize, at + length),
    });
    at += align(length, cmsgAlign);
  }
  return found;
}

/** One control message for sendmsg(). */
export function controlOf({ cmsgAlign, cmsgLength }: Layout, { level, type, data }: ControlMessage): Buffer {
  const headerSize = align(cmsgLength + 8, cmsgAlign);
  const control = Buffer.alloc(headerSize + align(data.length, cmsgAlign));
  control.writeUInt32LE(headerSize + data.length, 0);
  control.writeInt32LE(level, cmsgLength);
  control.writeInt32LE(type, cmsgLength + 4);
  data.copy(control, headerSize);
  return control;
}

/** Where a datagram was sent to, and the index of the interface that it arrived by, as far as the system reports them. */
export function destinationIn(
  { destination }: Pick<SystemConstants, 'destination'>,
  controls: readonly ControlMessage[],
): { to: string; interface?: number } | null {
  for (const { level, type, data } of controls) {
    const known = destination.find((one) => one.level === level && one.type === type);
    if (!known) continue;
    const to = addressAt(known.family, data, known.offset);
    const { index } = known;
    return index === undefined || data.length < index + 4 ? { to } : { to, interface: data.readUInt32LE(index) };
  }
  return null;
}

/**
 * The control message that says which address a datagram is to be sent from; null where the system has none that names
 * an interface. @throws RangeError for an address of another family
 */
export function sourceControl(
  constants: Pick<SystemConstants, 'source' | 'cmsgAlign' | 'cmsgLength'>,
  family: Family,
  from: { address: string; interface?: number },
): Buffer | null {
  const { level, type, size, offset, index } = constants.source[family];
  if (from.interface !== undefined && index === undefined) return null;
  const data = Buffer.alloc(size);
  data.set(family === 'inet' ? parseIPv4(from.address) : parseIPv6(from.address), offset);
  if (from.interface !== undefined && index !== undefined) data.writeUInt32LE(from.interface, index);
  return controlOf(constants, { level, type, data });
}

const ORIGINS = ['none', 'local', 'icmp', 'icmp6'] as const;
/** The size of `struct sock_extended_err` of linux/errqueue.h. The address of the offender follows it. */
const EXTENDED_ERROR = 16;

/** The error in a message from a socket's queue of errors, or null. */
export function queuedErrorIn(
  { queuedErrors, sockaddr }: Pick<SystemConstants, 'queuedErrors' | 'sockaddr'>,
  controls: readonly ControlMessage[],
  nameOf: (errno: number) => string,
): QueuedError | null {
  const found = controls.find(({ level, type }) =>
    queuedErrors.some((one) => one.level === level && one.type === type),
  );
  if (!found || found.data.length < EXTENDED_ERROR) return null;
  const { data } = found;
  const errno = data.readUInt32LE(0);
  const rest = data.subarray(EXTENDED_ERROR);
  const offender = decodeSockaddr(sockaddr, rest, rest.length);
  return {
    outcome: nameOf(errno),
    errno,
    origin: ORIGINS[data.readUInt8(4)] ?? 'other',
    type: data.readUInt8(5),
    code: data.readUInt8(6),
    ...(offender === null ? {} : { offender }),
  };
}

function addressAt(family: Family, data: Buffer, at: number): string {
  return family === 'inet' ? formatIPv4(data.subarray(at, at + 4)) : formatIPv6(data.subarray(at, at + 16));
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
