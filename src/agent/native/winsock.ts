import { koffi } from './koffi.ts';
import type { Family, NameForm, SocketName, SocketType } from '../../protocol/messages.ts';
import { windows, WSA_ERRORS } from './constants-windows.ts';
import { errnoNames } from './errno.ts';
import { decodeValue, encodeValue, optionIn, sizeOf, VALUE_ROOM } from './option-value.ts';
import { decodeSockaddr, encodeSockaddr, patchPort, portIn, SOCKADDR_ROOM } from './sockaddr.ts';
import type { Native, Returned } from './types.ts';
import { WinsockMessage } from './winsock-message.ts';
import { plain, tcpTableReader, type TcpRow } from './winsock-tcp-table.ts';

const VERSION_2_2 = 0x0202;
/** Makes closesocket() reset a connection. */
const LINGER_NONE = { on: true, seconds: 0 };
const SHUT = { read: 0, write: 1, both: 2 } as const;
const ZERO = { inet: '0.0.0.0', inet6: '::' } as const satisfies Record<Family, string>;

const layout = windows.sockaddr;
const names = errnoNames(WSA_ERRORS, {});
const wouldBlock = -WSA_ERRORS.WSAEWOULDBLOCK;

/**
 * The calls of Winsock 2, through ws2_32.dll. @throws Error when Winsock can't be loaded or started.
 */
export function winsock(): Native {
  const library = koffi.load('ws2_32.dll');
  const call = (prototype: string) => library.func(prototype) as unknown as (...args: unknown[]) => number;

  const WSAStartup = call('int WSAStartup(uint16_t, void *)');
  const WSAGetLastError = call('int WSAGetLastError()');
  const WSASocketW = call('intptr_t WSASocketW(int, int, int, void *, uint32_t, uint32_t)');
  const bind = call('int bind(intptr_t, void *, int)');
  const listen = call('int listen(intptr_t, int)');
  const accept = call('intptr_t accept(intptr_t, void *, void *)');
  const connect = call('int connect(intptr_t, void *, int)');
  const send = call('int send(intptr_t, void *, int, int)');
  const sendto = call('int sendto(intptr_t, void *, int, int, void *, int)');
  const recv = call('int recv(intptr_t, void *, int, int)');
  const getsockname = call('int getsockname(intptr_t, void *, void *)');
  const getpeername = call('int getpeername(intptr_t, void *, void *)');
  const setsockopt = call('int setsockopt(intptr_t, int, int, void *, int)');
  const getsockopt = call('int getsockopt(intptr_t, int, int, void *, void *)');
  const ioctlsocket = call('int ioctlsocket(intptr_t, int32_t, void *)');
  const WSAIoctl = call('int WSAIoctl(intptr_t, uint32_t, void *, uint32_t, void *, uint32_t, void *, void *, void *)');
  const shutdown = call('int shutdown(intptr_t, int)');
  const closesocket = call('int closesocket(intptr_t)');
  const SetHandleInformation = koffi
    .load('kernel32.dll')
    .func('int SetHandleInformation(intptr_t, uint32_t, uint32_t)');

  const failed = WSAStartup(VERSION_2_2, Buffer.alloc(512));
  if (failed !== 0) throw new Error(`WSAStartup returned ${failed}`);

  const returned = (value: number): Returned => (value < 0 ? -WSAGetLastError() : value);

  // One set of buffers for the whole process: calls are synchronous, and every result is copied out at once.
  const nameRoom = Buffer.alloc(SOCKADDR_ROOM);
  const lengthRoom = Buffer.alloc(4);
  const valueRoom = Buffer.alloc(VALUE_ROOM);
  const nonBlocking = Buffer.from([1, 0, 0, 0]);
  const message = new WinsockMessage();

  /** The open sockets by their handles: the system has no list of handles in which to look for sockets. */
  const open = new Map<number, { family: Family; type: SocketType }>();

  /** @throws Error where a socket can't be made non-blocking: a later call on it would block the whole agent. */
  const keep = (fd: Returned, family: Family, type: SocketType): Returned => {
    if (fd < 0) return fd;
    const set = returned(ioctlsocket(fd, windows.FIONBIO | 0, nonBlocking));
    if (set < 0) {
      closesocket(fd);
      throw new Error(`ioctlsocket(FIONBIO) returned ${native.errnoName(-set)} for a new socket`);
    }
    open.set(fd, { family, type });
    return fd;
  };

  const nameOf = (get: typeof getsockname, fd: number): SocketName | Returned => {
    lengthRoom.writeInt32LE(nameRoom.length, 0);
    const result = returned(get(fd, nameRoom, lengthRoom));
    if (result < 0) return result;
    // A name of a family other than the internet's can't be reported here, but the call worked.
    return decodeSockaddr(layout, nameRoom, lengthRoom.readInt32LE(0)) ?? result;
  };

  const associate = (fd: number, family: Family, name: SocketName, form?: NameForm): Returned => {
    const address = encodeSockaddr(layout, family, name, form);
    return returned(connect(fd, form?.nowhere === true ? null : address, address.length));
  };

  const close = (fd: number): Returned => {
    open.delete(fd);
    return returned(closesocket(fd));
  };

  const take = (fd: number, name: Buffer | null, length: Buffer | null): Returned => {
    const accepted = returned(accept(fd, name, length));
    // The call returns zero when it fails. A program that inherited the socket would keep its port in use.
    if (accepted >= 0 && SetHandleInformation(accepted, windows.HANDLE_FLAG_INHERIT, 0) === 0) {
      closesocket(accepted);
      throw new Error('SetHandleInformation(HANDLE_FLAG_INHERIT) failed for an accepted socket');
    }
    return keep(accepted, open.get(fd)?.family ?? 'inet', 'stream');
  };

  /** The only receiving call that reports a datagram's destination; a program gets it from a socket, by its GUID. */
  let receive: ((fd: number, header: Buffer, bytes: Buffer) => number) | undefined;
  const receiverFrom = (fd: number) => {
    const guid = Buffer.from(windows.WSAID_WSARECVMSG, 'hex');
    const code = windows.SIO_GET_EXTENSION_FUNCTION_POINTER;
    const pointer = Buffer.alloc(8);
    const result = returned(WSAIoctl(fd, code, guid, guid.length, pointer, pointer.length, lengthRoom, null, null));
    if (result < 0) throw new Error(`WSARecvMsg is not available: ${names.get(-result) ?? -result}`);
    const prototype = koffi.proto('int WSARecvMsg(intptr_t, void *, void *, void *, void *)');
    const address = pointer.readBigUInt64LE(0);
    return (socket: number, header: Buffer, bytes: Buffer) =>
      koffi.call(address, prototype, socket, header, bytes, null, null) as number;
  };

  let tcpRows: (() => TcpRow[]) | undefined;
  const readTcpRows = () => (tcpRows ??= tcpTableReader())();

  const native: Native = {
    socket(family, type) {
      const kind = type === 'dgram' ? windows.SOCK_DGRAM : windows.SOCK_STREAM;
      const number = family === 'inet' ? layout.AF_INET : layout.AF_INET6;
      const flags = windows.WSA_FLAG_OVERLAPPED | windows.WSA_FLAG_NO_HANDLE_INHERIT;
      return keep(returned(WSASocketW(number, kind, 0, null, 0, flags)), family, type);
    },
    bind(fd, family, name, form) {
      const address = encodeSockaddr(layout, family, name, form);
      return returned(bind(fd, form?.nowhere === true ? null : address, address.length));
    },
    listen: (fd, backlog) => returned(listen(fd, backlog)),
    accept: (fd) => take(fd, null, null),
    acceptFrom(fd) {
      lengthRoom.writeInt32LE(nameRoom.length, 0);
      return { fd: take(fd, nameRoom, lengthRoom), port: portIn(nameRoom) };
    },
    connect: associate,
    // Winsock has no address without a family for this: one that is all zero has the same effect.
    disconnect(fd) {
      const family = open.get(fd)?.family ?? 'inet';
      return associate(fd, family, { address: ZERO[family], port: 0 });
    },
    disconnectx: () => null,
    send: (fd, data) => returned(send(fd, data, data.length, 0)),
    sendto(fd, data, family, name) {
      const address = encodeSockaddr(layout, family, name);
      return returned(sendto(fd, data, data.length, 0, address, address.length));
    },
    recv(fd, size) {
      const data = Buffer.allocUnsafeSlow(Math.max(size, 1));
      if (open.get(fd)?.type !== 'dgram') {
        const bytes = returned(recv(fd, data, size, 0));
        return { bytes, data: data.subarray(0, Math.max(bytes, 0)), from: null, to: null };
      }
      receive ??= receiverFrom(fd);
      message.prepare(data, size);
      const result = returned(receive(fd, message.header, lengthRoom));
      if (result < 0) return { bytes: result, data: Buffer.alloc(0), from: null, to: null };
      const bytes = lengthRoom.readUInt32LE(0);
      return { bytes, data: data.subarray(0, bytes), from: message.from(), to: message.destination() };
    },
    receive: (fd, into) => returned(recv(fd, into, into.length, 0)),
    // Winsock has other calls for these, with other rules; they are not used.
    sendmsg: () => null,
    recvmsg: () => null,
    dup: () => null,
    kindOf: neverAsked,
    mailbox: () => null,
    post: () => null,
    collect: neverAsked,
    fetch: () => null,
    backlog: () => null,
    kernelSockets: () => null,
    interfaceIndex: () => null,
    getsockname: (fd) => nameOf(getsockname, fd),
    getpeername: (fd) => nameOf(getpeername, fd),
    localPort(fd) {
      lengthRoom.writeInt32LE(nameRoom.length, 0);
      const result = returned(getsockname(fd, nameRoom, lengthRoom));
      return result < 0 ? result : portIn(nameRoom);
    },
    hasPeer(fd) {
      lengthRoom.writeInt32LE(nameRoom.length, 0);
      return getpeername(fd, nameRoom, lengthRoom) >= 0;
    },
    // WSAPoll() says nothing of a connection that failed, before Windows 10 2004.
    ready: () => null,
    setter(option, value) {
      const known = optionIn(windows.options, option);
      if (known === null) return null;
      if ('control' in known) {
        const bytes = encodeValue('int', value);
        return (fd) => returned(WSAIoctl(fd, known.control, bytes, bytes.length, null, 0, lengthRoom, null, null));
      }
      const bytes = encodeValue(known.kind, value);
      return (fd) => returned(setsockopt(fd, known.level, known.number, bytes, bytes.length));
    },
    getsockopt(fd, option) {
      const known = optionIn(windows.options, option);
      // A control code only sets a value; no code reads it.
      if (known === null || 'control' in known) return null;
      valueRoom.fill(0);
      lengthRoom.writeInt32LE(sizeOf(known.kind), 0);
      const result = returned(getsockopt(fd, known.level, known.number, valueRoom, lengthRoom));
      const value = result < 0 ? undefined : decodeValue(known.kind, valueRoom, lengthRoom.readInt32LE(0));
      return { returned: result, value };
    },
    takeError(fd) {
      const { level, number } = windows.SO_ERROR;
      lengthRoom.writeInt32LE(4, 0);
      const result = returned(getsockopt(fd, level, number, valueRoom, lengthRoom));
      return result < 0 ? result : -valueRoom.readInt32LE(0);
    },
    caller(name, family, address) {
      const make = name === 'bind' ? bind : connect;
      const bytes = encodeSockaddr(layout, family, { address, port: 0 });
      return (fd, port) => {
        patchPort(bytes, port);
        return returned(make(fd, bytes, bytes.length));
      };
    },
    tcpStates(fds) {
      const states = new Map(readTcpRows().map((row) => [keyOf(row), row.state]));
      return fds.map((fd) => {
        const [local, remote] = [nameOf(getsockname, fd), nameOf(getpeername, fd)];
        if (typeof local === 'number' || typeof remote === 'number') return null;
        const ends = { local: plain(local.address), remote: plain(remote.address) };
        return states.get(keyOf({ ...ends, localPort: local.port, remotePort: remote.port })) ?? null;
      });
    },
    statesByPort() {
      const states = new Map<number, string[]>();
      for (const { localPort, state } of readTcpRows()) {
        const there = states.get(localPort);
        if (there) there.push(state);
        else states.set(localPort, [state]);
      }
      return states;
    },
    abort(fd) {
      const { level, number, kind } = windows.SO_LINGER;
      const bytes = encodeValue(kind, LINGER_NONE);
      const set = returned(setsockopt(fd, level, number, bytes, bytes.length));
      const closed = close(fd);
      return set < 0 ? set : closed;
    },
    shutdown: (fd, how) => returned(shutdown(fd, SHUT[how])),
    close,
    // A call that can't be done at once and a call that has only begun return the same error.
    wouldBlock: (code) => code === wouldBlock,
    inProgress: (code) => code === wouldBlock,
    errnoName: (errno) => names.get(errno) ?? `errno-${errno}`,
    openSockets: () => open.size,
  };
  return native;
}

/** For calls that only follow a call which Windows does not have. */
function neverAsked(): never {
  throw new Error('Windows hands over no descriptors');
}

function keyOf({ local, localPort, remote, remotePort }: Omit<TcpRow, 'state'>): string {
  return `${local} ${localPort} ${remote} ${remotePort}`;
}
