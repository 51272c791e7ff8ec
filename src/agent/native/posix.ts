import os from 'node:os';
import { koffi } from './koffi.ts';
import type { SocketName } from '../../protocol/messages.ts';
import type { SystemConstants } from './constants.ts';
import { errnoNames } from './errno.ts';
import { MessageHeader } from './message-header.ts';
import { decodeValue, encodeValue, optionIn, sizeOf, VALUE_ROOM } from './option-value.ts';
import {
  decodeSockaddr,
  encodeSockaddr,
  encodeUnspecified,
  patchPort,
  portIn,
  sockaddrFamily,
  SOCKADDR_ROOM,
} from './sockaddr.ts';
import { destinationIn } from './control.ts';
import { lookingOf } from './posix-looking.ts';
import { handoverOf } from './posix-handover.ts';
import { messagesOf } from './posix-messages.ts';
import { readyOf } from './posix-poll.ts';
import { statesByPort } from './tcp-table.ts';
import type { Native, Returned } from './types.ts';

/** Makes close() reset a connection. */
const LINGER_NONE = { on: true, seconds: 0 };
const SHUT = { read: 0, write: 1, both: 2 } as const;

/**
 * The system calls of a Unix through its C library.
 * @throws Error when the C library can't be loaded.
 */
export function posix(constants: SystemConstants): Native {
  const layout = constants.sockaddr;
  const library = koffi.load(constants.library);
  const call = (prototype: string) => library.func(prototype) as unknown as (...args: unknown[]) => number;

  const socket = call('int socket(int, int, int)');
  const bind = call('int bind(int, void *, uint32_t)');
  const listen = call('int listen(int, int)');
  const connect = call('int connect(int, void *, uint32_t)');
  const send = call('intptr_t send(int, void *, size_t, int)');
  const sendto = call('intptr_t sendto(int, void *, size_t, int, void *, uint32_t)');
  const recv = call('intptr_t recv(int, void *, size_t, int)');
  const recvmsg = call('intptr_t recvmsg(int, void *, int)');
  const getsockname = call('int getsockname(int, void *, void *)');
  const getpeername = call('int getpeername(int, void *, void *)');
  const setsockopt = call('int setsockopt(int, int, int, void *, uint32_t)');
  const getsockopt = call('int getsockopt(int, int, int, void *, void *)');
  const shutdown = call('int shutdown(int, int)');
  const close = call('int close(int)');
  // Variadic on purpose: without it, Apple's arm64 convention would pass the third argument in another way.
  const fcntl = call('int fcntl(int, int, ...)');
  const accept = call('int accept(int, void *, void *)');
  const disconnectx = constants.disconnectx === true ? call('int disconnectx(int, uint32_t, uint32_t)') : null;
  const accept4 = constants.socketFlags === null ? null : call('int accept4(int, void *, void *, int)');

  const returned = (value: number): Returned => (value < 0 ? -koffi.errno() : value);

  // One set of buffers for the whole process: calls are synchronous, and every result is copied out at once.
  const nameRoom = Buffer.alloc(SOCKADDR_ROOM);
  const lengthRoom = Buffer.alloc(8);
  const valueRoom = Buffer.alloc(VALUE_ROOM);
  const message = new MessageHeader(constants);
  const lingerNone = encodeValue(constants.SO_LINGER.kind, LINGER_NONE);

  const names = errnoNames(constants.errno, os.constants.errno);
  const errnoName = (errno: number) => names.get(errno) ?? `errno-${errno}`;

  // A new descriptor gets the lowest number that is free, so no descriptor that is still open is above the highest one given.
  // To list /dev/fd is not enough: on FreeBSD (fdescfs(5)) and OpenBSD (fd(4)) it does not show what is open.
  let highest = -1;
  const seen = (fd: Returned): Returned => {
    if (fd > highest) highest = fd;
    return fd;
  };

  /**
   * Sets the flags that `socket` and `accept` can't set themselves on this system. @throws Error that names the call when
   * they can't be set: a later call on the socket would block the whole agent, and the error is not one of socket() or
   * accept().
   */
  const prepare = (fd: Returned): Returned => {
    seen(fd);
    if (fd < 0 || constants.socketFlags !== null) return fd;
    const { F_SETFD, FD_CLOEXEC, F_SETFL, O_NONBLOCK } = constants;
    for (const [name, command, flag] of [
      ['fcntl(F_SETFD, FD_CLOEXEC)', F_SETFD, FD_CLOEXEC],
      ['fcntl(F_SETFL, O_NONBLOCK)', F_SETFL, O_NONBLOCK],
    ] as const) {
      const set = returned(fcntl(fd, command, 'int', flag));
      if (set >= 0) continue;
      close(fd);
      throw new Error(`${name} returned ${native.errnoName(-set)} for a new socket`);
    }
    return fd;
  };

  const nameOf = (get: typeof getsockname, fd: number): SocketName | Returned => {
    lengthRoom.writeUInt32LE(nameRoom.length, 0);
    const result = returned(get(fd, nameRoom, lengthRoom));
    if (result < 0) return result;
    // A name of a family other than the internet's can't be reported here, but the call worked.
    return decodeSockaddr(layout, nameRoom, lengthRoom.readUInt32LE(0)) ?? result;
  };

  const tcpState = (fd: number): string | null => {
    const { level, number, names: states } = constants.tcpState;
    lengthRoom.writeUInt32LE(8, 0);
    const result = getsockopt(fd, level, number, valueRoom, lengthRoom);
    return result < 0 ? null : (states[valueRoom.readUInt8(0)] ?? null);
  };

  const native: Native = {
    socket(family, type) {
      const kind = type === 'dgram' ? constants.SOCK_DGRAM : constants.SOCK_STREAM;
      const number = family === 'inet' ? layout.AF_INET : layout.AF_INET6;
      return prepare(returned(socket(number, kind | (constants.socketFlags ?? 0), 0)));
    },
    bind(fd, family, name, form) {
      const address = encodeSockaddr(layout, family, name, form);
      return returned(bind(fd, form?.nowhere === true ? null : address, address.length));
    },
    listen: (fd, backlog) => returned(listen(fd, backlog)),
    accept: (fd) =>
      prepare(returned(accept4 ? accept4(fd, null, null, constants.socketFlags) : accept(fd, null, null))),
    acceptFrom(fd) {
      lengthRoom.writeUInt32LE(nameRoom.length, 0);
      const accepted = accept4
        ? accept4(fd, nameRoom, lengthRoom, constants.socketFlags)
        : accept(fd, nameRoom, lengthRoom);
      return { fd: prepare(returned(accepted)), port: portIn(nameRoom) };
    },
    connect(fd, family, name, form) {
      const address = encodeSockaddr(layout, family, name, form);
      return returned(connect(fd, form?.nowhere === true ? null : address, address.length));
    },
    disconnect(fd) {
      const address = encodeUnspecified(layout);
      return returned(connect(fd, address, address.length));
    },
    // SAE_ASSOCID_ANY and SAE_CONNID_ANY.
    disconnectx: (fd) => (disconnectx === null ? null : returned(disconnectx(fd, 0, 0))),
    send: (fd, data) => returned(send(fd, data, data.length, constants.MSG_NOSIGNAL)),
    sendto(fd, data, family, name) {
      const address = encodeSockaddr(layout, family, name);
      return returned(sendto(fd, data, data.length, constants.MSG_NOSIGNAL, address, address.length));
    },
    recv(fd, size) {
      const data = Buffer.allocUnsafeSlow(Math.max(size, 1));
      message.prepare(data, size);
      const bytes = returned(recvmsg(fd, message.header, 0));
      if (bytes < 0) return { bytes, data: Buffer.alloc(0), from: null, to: null };
      const to = destinationIn(constants, message.controls())?.to ?? null;
      return { bytes, data: data.subarray(0, bytes), from: message.from(), to };
    },
    receive: (fd, into) => returned(recv(fd, into, into.length, 0)),
    ...messagesOf({ constants, call, returned, errnoName }, message),
    ...lookingOf({ constants, call, returned, errnoName }),
    ...handoverOf({ constants, call, returned, errnoName }, seen),
    getsockname: (fd) => nameOf(getsockname, fd),
    getpeername: (fd) => nameOf(getpeername, fd),
    localPort(fd) {
      lengthRoom.writeUInt32LE(nameRoom.length, 0);
      const result = returned(getsockname(fd, nameRoom, lengthRoom));
      return result < 0 ? result : portIn(nameRoom);
    },
    hasPeer(fd) {
      lengthRoom.writeUInt32LE(nameRoom.length, 0);
      return getpeername(fd, nameRoom, lengthRoom) >= 0;
    },
    ready: readyOf({ constants, call, returned, errnoName }),
    setter(option, value) {
      const known = optionIn(constants.options, option);
      if (known === null) return null;
      const { kind, level, number } = known;
      const bytes = encodeValue(kind, value);
      return (fd) => returned(setsockopt(fd, level, number, bytes, bytes.length));
    },
    caller(name, family, address) {
      const make = name === 'bind' ? bind : connect;
      const bytes = encodeSockaddr(layout, family, { address, port: 0 });
      return (fd, port) => {
        patchPort(bytes, port);
        return returned(make(fd, bytes, bytes.length));
      };
    },
    tcpStates: (fds) => fds.map(tcpState),
    statesByPort,
    abort(fd) {
      const { level, number } = constants.SO_LINGER;
      const set = returned(setsockopt(fd, level, number, lingerNone, lingerNone.length));
      const closed = returned(close(fd));
      return set < 0 ? set : closed;
    },
    getsockopt(fd, option) {
      const known = optionIn(constants.options, option);
      if (known === null) return null;
      const { kind, level, number } = known;
      valueRoom.fill(0);
      lengthRoom.writeUInt32LE(sizeOf(kind), 0);
      const result = returned(getsockopt(fd, level, number, valueRoom, lengthRoom));
      const value = result < 0 ? undefined : decodeValue(kind, valueRoom, lengthRoom.readUInt32LE(0));
      return { returned: result, value };
    },
    takeError(fd) {
      const { level, number } = constants.SO_ERROR;
      lengthRoom.writeUInt32LE(4, 0);
      const result = returned(getsockopt(fd, level, number, valueRoom, lengthRoom));
      return result < 0 ? result : -valueRoom.readInt32LE(0);
    },
    shutdown: (fd, how) => returned(shutdown(fd, SHUT[how])),
    close: (fd) => returned(close(fd)),
    wouldBlock: (code) => code === -constants.errno.EAGAIN,
    inProgress: (code) => code === -constants.errno.EINPROGRESS,
    errnoName,
    openSockets() {
      let count = 0;
      for (let fd = 0; fd <= highest; fd += 1) {
        lengthRoom.writeUInt32LE(nameRoom.length, 0);
        if (getsockname(fd, nameRoom, lengthRoom) < 0) continue;
        const family = sockaddrFamily(layout, nameRoom);
        if (family === layout.AF_INET || family === layout.AF_INET6) count += 1;
      }
      return count;
    },
  };
  return native;
}
