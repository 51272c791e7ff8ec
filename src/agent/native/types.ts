import type { KernelSocket } from '../../protocol/kernel-sockets.ts';
import type { OptionName, OptionValue, ReadValue } from '../../protocol/options.ts';
import type { Sending } from './posix-messages.ts';
import type { Family, MessageFlag, NameForm, QueuedError, SocketName, SocketType } from '../../protocol/messages.ts';

/** The number that a call returned, never anything else: zero or more when it worked, minus the errno when it did not (the kernel's own convention). */
export type Returned = number;

/** A received message: who sent it, and to which local address where the system reports that. */
interface Received {
  bytes: Returned;
  data: Buffer;
  from: SocketName | null;
  to: string | null;
  interface?: number;
  flags?: MessageFlag[];
  error?: QueuedError;
}

/** What poll() says of a descriptor. */
export const POLLED = { readable: 1, writable: 2, failed: 4 } as const;

/** A Unix socket at which a process waits for a descriptor. */
interface Mailbox {
  fd: number;
  /** Removes its name, where that is a file. */
  remove: () => void;
}

/**
 * The system calls an agent makes. Every socket is non-blocking and closed on exec. There is one implementation for each
 * family of systems; code that uses this interface does not know how a call is made.
 */
export interface Native {
  socket(family: Family, type: SocketType): Returned;
  bind(fd: number, family: Family, name: SocketName, form?: NameForm): Returned;
  listen(fd: number, backlog: number): Returned;
  accept(fd: number): Returned;
  /** An accept() that also says from which port the client connected; `fd` is minus the errno if the call failed. */
  acceptFrom(fd: number): { fd: Returned; port: number };
  connect(fd: number, family: Family, name: SocketName, form?: NameForm): Returned;
  /** Dissolves a datagram socket's association: connect to an address of no family. */
  disconnect(fd: number): Returned;
  /** The same by disconnectx(); null where the system has no such call. */
  disconnectx(fd: number): Returned | null;
  send(fd: number, data: Buffer): Returned;
  sendto(fd: number, data: Buffer, family: Family, name: SocketName): Returned;
  recv(fd: number, size: number): Received;
  /** A recv() into a buffer that the caller has, for thousands of short messages: nothing is allocated. */
  receive(fd: number, into: Buffer): Returned;
  // Each of these is null where the system has no such call, or no number for what is asked: then no call is made.
  sendmsg(fd: number, data: Buffer, how: Sending): Returned | null;
  recvmsg(fd: number, size: number, flags: readonly MessageFlag[]): Received | null;
  dup(fd: number): Returned | null;
  /** The kind of socket of a descriptor that came from another process. */
  kindOf(fd: number): { family: Family; type: SocketType } | Returned;
  mailbox(name: string): Mailbox | Returned | null;
  /** Sends a descriptor to a mailbox. */
  post(fd: number, name: string): Returned | null;
  /** Takes a descriptor out of a mailbox. */
  collect(mailbox: number): Returned;
  /** Fetches a descriptor of another process. */
  fetch(pid: number, descriptor: number): Returned | null;
  /** The queue of a listener: how many connections wait for accept(), and how many may. Null for what does not listen, too. */
  backlog(fd: number): { waiting: number; most: number } | null;
  /** The sockets of this network as the kernel tells them, those of one local port or all. */
  kernelSockets(protocol: 'tcp' | 'udp', family: Family, port?: number): KernelSocket[] | Returned | null;
  /** The index of an interface; at least one when the call worked. */
  interfaceIndex(device: string): Returned | null;
  getsockname(fd: number): SocketName | Returned;
  getpeername(fd: number): SocketName | Returned;
  /** The local port of a socket, without its address. */
  localPort(fd: number): Returned;
  /** Whether getpeername() finds a peer. */
  hasPeer(fd: number): boolean;
  /**
   * What poll() says at once of thousands of descriptors: for each a sum of `POLLED`; -1 is passed over. Null where the
   * system has no such call, or one that can't be relied on.
   */
  ready(fds: readonly number[]): Uint8Array | null;
  /** Null for an option for which this system has no number: then no call is made. @throws Error for an unknown option */
  getsockopt(fd: number, option: OptionName): { returned: Returned; value: ReadValue | undefined } | null;
  /**
   * A setsockopt() of one option and value, encoded once for many sockets. Null for an option for which this
   * system has no number. @throws Error for an unknown option, or for a value that the option can't take
   */
  setter(option: OptionName, value: OptionValue): ((fd: number) => Returned) | null;
  /** The error that is pending on a socket, as minus its number; zero where there is none. */
  takeError(fd: number): Returned;
  /** A bind() or connect() to one address at any port, encoded once for many sockets. */
  caller(call: 'bind' | 'connect', family: Family, address: string): (fd: number, port: number) => Returned;
  /** The names of TCP sockets' states, for example `ESTABLISHED`; null where the system does not report a state. */
  tcpStates(fds: readonly number[]): (string | null)[];
  /**
   * The TCP states that the system's tables have for each local port, including those of sockets that no process holds any
   * more. Null where there is no such table.
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
   * How many internet sockets this process holds. It counts them by a call on every open descriptor or, where the system
   * does not list these, by the sockets that were opened here and not closed; null where it can't know.
   */
  openSockets(): number | null;
}
