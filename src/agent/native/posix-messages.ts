import { koffi } from './koffi.ts';
import type { Family, MessageFlag, PacketSource, SocketName } from '../../protocol/messages.ts';
import type { SystemConstants } from './constants.ts';
import { destinationIn, queuedErrorIn, sourceControl } from './control.ts';
import { outgoingHeader, type MessageHeader } from './message-header.ts';
import { encodeSockaddr } from './sockaddr.ts';
import type { Native, Returned } from './types.ts';

/** The means by which the calls of a Unix are made. */
export interface Posix {
  constants: SystemConstants;
  /** A function of the C library, by its prototype. */
  call: (prototype: string) => (...args: unknown[]) => number;
  /** The result of a call, or minus the errno. */
  returned: (value: number) => Returned;
  errnoName: (errno: number) => string;
}

/** A function of the C library that is looked up when it is first called, because most agents never call it. */
export function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The flags of a message that a system reports, by their names. */
const TOLD = ['MSG_CTRUNC', 'MSG_ERRQUEUE', 'MSG_TRUNC'] as const satisfies readonly MessageFlag[];

/** sendmsg() and recvmsg(), with flags and control data. */
export function messagesOf(
  { constants, call, returned, errnoName }: Posix,
  message: MessageHeader,
): Pick<Native, 'sendmsg' | 'recvmsg'> {
  const sendmsg = lazily(() => call('intptr_t sendmsg(int, void *, int)'));
  const recvmsg = lazily(() => call('intptr_t recvmsg(int, void *, int)'));
  const flagsOf = (flags: readonly MessageFlag[]): number | null => {
    let all = 0;
    for (const flag of flags) {
      if (!Object.hasOwn(constants.messageFlags, flag)) throw new Error(`unknown flag '${flag}'`);
      const number = constants.messageFlags[flag];
      if (number === null) return null;
      all |= number;
    }
    return all;
  };
  return {
    sendmsg(fd, data, { family, to, from, flags }) {
      const number = flagsOf(flags);
      const control = from === undefined ? undefined : sourceControl(constants, family, from);
      if (number === null || control === null) return null;
      const name = to === undefined ? null : encodeSockaddr(constants.sockaddr, family, to);
      const { header, vector } = outgoingHeader({ data, name, control: control ?? null });
      const sent = returned(sendmsg()(fd, header, number | constants.MSG_NOSIGNAL));
      // The system has read it by now; until here no part of it may be garbage-collected.
      koffi.address(vector);
      return sent;
    },
    recvmsg(fd, size, flags) {
      const number = flagsOf(flags);
      if (number === null) return null;
      const data = Buffer.allocUnsafeSlow(Math.max(size, 1));
      message.prepare(data, size);
      const bytes = returned(recvmsg()(fd, message.header, number));
      if (bytes < 0) return { bytes, data: Buffer.alloc(0), from: null, to: null };
      const controls = message.controls();
      const arrived = destinationIn(constants, controls);
      const error = queuedErrorIn(constants, controls, errnoName);
      const set = message.flags();
      return {
        bytes,
        data: data.subarray(0, Math.min(bytes, size)),
        from: message.from(),
        to: arrived?.to ?? null,
        flags: TOLD.filter((flag) => ((constants.messageFlags[flag] ?? 0) & set) !== 0),
        ...(arrived?.interface === undefined ? {} : { interface: arrived.interface }),
        ...(error === null ? {} : { error }),
      };
    },
  };
}

/** How a message is to be sent. */
export interface Sending {
  family: Family;
  to: SocketName | undefined;
  from: PacketSource | undefined;
  flags: readonly MessageFlag[];
}
