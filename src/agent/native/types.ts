import type { OptionName, OptionValue, ReadValue } from '../../protocol/options.ts';
import type { Sending } from './posix-messages.ts';
import type { Family, MessageFlag, QueuedError, SocketName, SocketType } from '../../protocol/messages.ts';

/** What a call returned, and nothing else ever: zero or more when it worked, minus the errno when it did not (the kernel's own convention). */
export type Returned = number;

/** A received message: who sent it, and to which local address where the system tells. */
interface Received {
  bytes: Returned;
  data: Buffer;
  from: SocketName | null;
  to: string | null;
  interface?: number;
  flags?: MessageFlag[];
  error?: QueuedError;
}

/** A Unix socket at which a descriptor is waited for. */
interface Mailbox {
  fd: number;
  /** Removes its name, where that is a file. */
  remove: () => void;
}

/**
 * The system calls an agent makes. Every socket is non-blocking and closed on exec. One implementation per family of
 * systems; nothing above this interface knows how a call is made.
 */
export interface Native {
  socket(family: Family, type: SocketType): Returned;
  bind(fd: number, family: Family, name: SocketName): Returned;
  listen(fd: number, backlog: number): Returned;
  accept(fd: number): Returned;
  connect(fd: number, family: Family, name: SocketName): Returned;
  /** Dissolves a datagram socket's association: connect to an address of no family. */
  disconnect(fd: number): Returned;
  send(fd: number, data: Buffer): Returned;
  sendto(fd: number, data: Buffer, family: Family, name: SocketName): Returned;
  recv(fd: number, size: number): Received;
  // Each of these is null where the system has no such call, or no number for what is asked: then none is made.
  /** A bind() to an IPv4 name whose family is AF_UNSPEC. */
  bindUnspecified(fd: number, name: SocketName): Returned | null;
  sendmsg(fd: number, data: Buffer, how: Sending): Returned | null;
  recvmsg(fd: number, size: number, flags: readonly MessageFlag[]): Received | null;
  dup(fd: number): Returned | null;
  /** What a descriptor that came from elsewhere is. */
  kindOf(fd: number): { family: Family; type: SocketType } | Returned;
  mailbox(name: string): Mailbox | Returned | null;
  /** Sends a descriptor to a mailbox. */
  post(fd: number, name: string): Returned | null;
  /** Takes a descriptor out of a mailbox. */
  collect(mailbox: number): Returned;
  /** Fetches a descriptor of another process. */
  fetch(pid: number, descriptor: number): Returned | null;
  /** The index of an interface; as large as one when the call worked. */
  interfaceIndex(device: string): Returned | null;
  getsockname(fd: number): SocketName | Returned;
  getpeername(fd: number): SocketName | Returned;
  /** Null for an option that this system has no number for: then no call is made. @throws Error for one that is unknown */
  getsockopt(fd: number, option: OptionName): { returned: Returned; value: ReadValue | undefined } | null;
  /**
   * A setsockopt() of one option and value, encoded once for many sockets. Null for an option that this system has no
   * number for. @throws Error for one that is unknown, or for a value that it can't take
   */
  setter(option: OptionName, value: OptionValue): ((fd: number) => Returned) | null;
  /** The error that waits on a socket, minus its number; zero where none does. */
  takeError(fd: number): Returned;
  /** A bind() or connect() to one address at any port, encoded once for many sockets. */
  caller(call: 'bind' | 'connect', family: Family, address: string): (fd: number, port: number) => Returned;
  /** The names of TCP sockets' states, such as `ESTABLISHED`; null where the system does not tell one. */
  tcpStates(fds: readonly number[]): (string | null)[];
  /**
   * The TCP states that the system's tables have for each local port, those of sockets that no process holds any more
   * included. Null where there is no such table.
   */
  statesByPort(): Map<number, string[]> | null;
  /** A close() of a connection that sends a reset, so that no state of it is left. */
  abort(fd: number): Returned;
  shutdown(fd: number, how: 'read' | 'write' | 'both'): Returned;
  close(fd: number): Returned;
  /** Whether a call was refused only because it would have had to wait. */
  wouldBlock(returned: Returned): boolean;
  /** Whether what connect() returned means that the connection is being made. */
  inProgress(returned: Returned): boolean;
  /** The symbolic name of an errno on this system, or `errno-N` for one that has no name here. */
  errnoName(errno: number): string;
  /**
   * How many internet sockets this process holds, counted by asking every open descriptor, or, where the system lists
   * none, what was opened here and not closed; null where it can't tell.
   */
  openSockets(): number | null;
}
