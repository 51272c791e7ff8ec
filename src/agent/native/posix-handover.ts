import { unlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { koffi } from './koffi.ts';
import { controlOf } from './control.ts';
import { controlsIn } from './control.ts';
import { MSGHDR, outgoingHeader } from './message-header.ts';
import { lazily, type Posix } from './posix-messages.ts';
import { sockaddrFamily, SOCKADDR_ROOM } from './sockaddr.ts';
import type { Native, Returned } from './types.ts';

const CONTROL_ROOM = 64;

/**
 * How a descriptor gets to another process of the same host: dup(), SCM_RIGHTS over a Unix socket, and pidfd_getfd().
 * @param prepare makes a new descriptor close on exec
 */
export function handoverOf(
  { constants, call, returned }: Posix,
  prepare: (fd: Returned) => Returned,
): Pick<Native, 'dup' | 'kindOf' | 'mailbox' | 'post' | 'collect' | 'fetch' | 'interfaceIndex'> {
  const { sockaddr, AF_UNIX, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET, SCM_RIGHTS, options } = constants;
  const calls = lazily(() => ({
    dup: call('int dup(int)'),
    socket: call('int socket(int, int, int)'),
    bind: call('int bind(int, void *, uint32_t)'),
    close: call('int close(int)'),
    sendmsg: call('intptr_t sendmsg(int, void *, int)'),
    recvmsg: call('intptr_t recvmsg(int, void *, int)'),
    getsockname: call('int getsockname(int, void *, void *)'),
    getsockopt: call('int getsockopt(int, int, int, void *, void *)'),
    fcntl: call('int fcntl(int, int, ...)'),
  }));
  const syscall = lazily(() => call('intptr_t syscall(intptr_t, ...)'));
  const nameToIndex = lazily(() => call('uint32_t if_nametoindex(const char *)'));
  const onExec = (fd: Returned): Returned => {
    if (fd >= 0) calls().fcntl(fd, constants.F_SETFD, 'int', constants.FD_CLOEXEC);
    return prepare(fd);
  };
  const unixSocket = () => onExec(returned(calls().socket(AF_UNIX, SOCK_DGRAM, 0)));

  return {
    dup: (fd) => onExec(returned(calls().dup(fd))),
    kindOf(fd) {
      const room = Buffer.alloc(SOCKADDR_ROOM);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(room.length, 0);
      const named = returned(calls().getsockname(fd, room, length));
      if (named < 0) return named;
      const value = Buffer.alloc(4);
      length.writeUInt32LE(4, 0);
      const { level, number } = options.SO_TYPE ?? { level: SOL_SOCKET, number: 0 };
      const asked = returned(calls().getsockopt(fd, level, number, value, length));
      if (asked < 0) return asked;
      const family = sockaddrFamily(sockaddr, room) === sockaddr.AF_INET6 ? 'inet6' : 'inet';
      return { family, type: value.readInt32LE(0) === SOCK_STREAM ? 'stream' : 'dgram' };
    },
    mailbox(name) {
      const fd = unixSocket();
      if (fd < 0) return fd;
      const { bytes, file } = unixName(sockaddr.lengthByte, AF_UNIX, name);
      const bound = returned(calls().bind(fd, bytes, bytes.length));
      if (bound < 0) {
        calls().close(fd);
        return bound;
      }
      return { fd, remove: () => (file === null ? undefined : unlinkSync(file)) };
    },
    post(fd, name) {
      const from = unixSocket();
      if (from < 0) return from;
      const descriptor = Buffer.alloc(4);
      descriptor.writeInt32LE(fd, 0);
      const { header, vector } = outgoingHeader({
        data: Buffer.from([0]),
        name: unixName(sockaddr.lengthByte, AF_UNIX, name).bytes,
        control: controlOf(constants, { level: SOL_SOCKET, type: SCM_RIGHTS, data: descriptor }),
      });
      const sent = returned(calls().sendmsg(from, header, constants.MSG_NOSIGNAL));
      koffi.address(vector);
      calls().close(from);
      return sent < 0 ? sent : 0;
    },
    collect(mailbox) {
      const control = Buffer.alloc(CONTROL_ROOM);
      const { header, vector } = outgoingHeader({ data: Buffer.alloc(1), name: null, control });
      const got = returned(calls().recvmsg(mailbox, header, 0));
      koffi.address(vector);
      if (got < 0) return got;
      const controls = controlsIn(constants, control, header.readUInt32LE(MSGHDR.controllen));
      const found = controls.find(({ level, type }) => level === SOL_SOCKET && type === SCM_RIGHTS);
      if (!found) throw new Error('what was taken came without a descriptor');
      return onExec(found.data.readInt32LE(0));
    },
    fetch(pid, descriptor) {
      const { pidfd } = constants;
      if (pidfd === null) return null;
      const process = returned(syscall()(pidfd.open, 'int', pid, 'int', 0));
      if (process < 0) return process;
      const fetched = returned(syscall()(pidfd.getfd, 'int', process, 'int', descriptor, 'int', 0));
      calls().close(process);
      return onExec(fetched);
    },
    interfaceIndex(device) {
      const index = nameToIndex()(device);
      return index === 0 ? -koffi.errno() : index;
    },
  };
}

/** The address of a Unix socket: on Linux in the abstract space of the network namespace, elsewhere a file. */
function unixName(lengthByte: boolean, family: number, name: string): { bytes: Buffer; file: string | null } {
  const file = process.platform === 'linux' ? null : path.join(os.tmpdir(), name);
  const text = Buffer.from(file === null ? `\0${name}` : `${file}\0`);
  const bytes = Buffer.alloc(2 + text.length);
  if (lengthByte) {
    bytes.writeUInt8(bytes.length, 0);
    bytes.writeUInt8(family, 1);
  } else bytes.writeUInt16LE(family, 0);
  text.copy(bytes, 2);
  return { bytes, file };
}
