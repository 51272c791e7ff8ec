/**
 * The messages between the harness and an agent: JSON lines over the agent's stdin and stdout.
 * Only types, so that an agent does not start later because of them; the harness checks what
 * arrives against the schemas in `schema.ts`.
 */

import type { KernelSocket, ReadOptions } from './kernel-sockets.ts';
import type { NumberOption, OptionName, OptionSetting, ReadValue, TextOption } from './options.ts';

/** Raised whenever a message changes its meaning; the harness does not use an agent that has another number. */
export const PROTOCOL_VERSION = 3;

export type Family = 'inet' | 'inet6';
export type SocketType = 'dgram' | 'stream';

/** One socket name: an address in numeric form, a port from 0 to 65535, and an IPv6 scope where one is needed. */
export interface SocketName {
  address: string;
  port: number;
  scope?: number;
}

/**
 * A socket name that is not written as its socket would have it: in another family (`unspecified` is AF_UNSPEC, and the
 * rest is as in an IPv4 name), or with another length, in bytes; what is longer than the name is zeros. With `nowhere` the
 * call gets the null pointer in place of the name, with the length of the name.
 */
export interface NameForm {
  family?: Family | 'unspecified';
  length?: number;
  nowhere?: true;
}

/** Flags of sendmsg() and recvmsg(), by their names in C. */
export type MessageFlag = 'MSG_CTRUNC' | 'MSG_DONTROUTE' | 'MSG_ERRQUEUE' | 'MSG_MORE' | 'MSG_PEEK' | 'MSG_TRUNC';

/** The address a datagram is to be sent from: control data of sendmsg(), IP_PKTINFO, IP_SENDSRCADDR or IPV6_PKTINFO. */
export interface PacketSource {
  address: string;
  /** The index of the interface through which it leaves. */
  interface?: number;
}

/** An error from the queue of a socket, see IP_RECVERR in ip(7). */
export interface QueuedError {
  outcome: string;
  errno: number;
  origin: 'none' | 'local' | 'icmp' | 'icmp6' | 'other';
  /** The type of ICMP. */
  type: number;
  code: number;
  /** Who sent it, where it came from the network. */
  offender?: SocketName;
}

/**
 * The calls that some sockets of a batch have in common. A message has them once, and names them by their place in the
 * list. The calls are made in this order, up to the first that fails.
 */
export interface BatchKind {
  family: Family;
  type: SocketType;
  options: ([option: NumberOption, value: number] | [option: TextOption, value: string])[];
  /** bind() to this address and the socket's own port. */
  bind?: string;
  /** listen() with this backlog. */
  listen?: number;
  /** connect(), without waiting for it; to the socket's own port where none is given. */
  connect?: { address: string; port?: number };
}

/**
 * A socket from which probes are sent. It stays open, so that all its probes come from one port: the one that is named, or
 * one that the system chooses.
 */
export interface SourceName {
  address: string;
  port?: number;
  /** Tells apart several sources of one address whose ports the system chooses. */
  number?: number;
  /** Its probes go to groups or broadcast addresses; no error comes back from there. */
  many?: true;
  /** The index of the interface through which IPv6 multicast leaves. */
  device?: number;
}

/**
 * One thing for an agent to do. `as` names the thing that the operation creates, `on` the thing that it uses; the names are
 * the harness's own. `within` is how long to wait for an answer, in milliseconds; without it the call is made once.
 */
export type Operation =
  | { op: 'socket'; as: string; family: Family; type: SocketType }
  /** Stands in for a socket: a descriptor of a file, or a number that no descriptor has. */
  | { op: 'stand-in'; as: string; of: 'file' | 'nothing' }
  /** For an option that has no number on this system no call is made: `not available here`. */
  | ({ op: 'setsockopt'; on: string } & OptionSetting)
  | { op: 'getsockopt'; on: string; option: OptionName }
  | ({ op: 'bind'; on: string; form?: NameForm } & SocketName)
  | { op: 'listen'; on: string; backlog?: number }
  | { op: 'accept'; on: string; as: string; within?: number }
  /** With `ends`, a call that fails leaves the socket as a blocking one would. */
  | ({ op: 'connect'; on: string; within?: number; ends?: boolean; form?: NameForm } & SocketName)
  /** connect() to no family, or disconnectx() (macOS). */
  | { op: 'disconnect'; on: string; by?: 'disconnectx' }
  /** With flags or a source it is a sendmsg(). */
  | { op: 'send'; on: string; data: string; to?: SocketName; from?: PacketSource; flags?: MessageFlag[] }
  | { op: 'recv'; on: string; within?: number; size?: number; flags?: MessageFlag[] }
  /** Sends `count` datagrams, each from a socket of its own, and so from a port of its own; of one byte unless `data` is given. */
  | { op: 'burst'; family: Family; to: SocketName; count: number; from?: string; data?: string }
  /**
   * Takes everything that waits at a socket, without waiting for more: datagrams, or connections, which it resets. `counts`
   * has how many there were of each: by the text of a datagram, or by the address and port at the other end of a connection.
   */
  | { op: 'drain'; on: string }
  /** Another descriptor of the same socket. */
  | { op: 'dup'; on: string; as: string }
  /** Hands a descriptor of a socket to another process of this host that takes it under the name, by SCM_RIGHTS. */
  | { op: 'give'; on: string; name: string; within: number }
  | { op: 'take'; as: string; name: string; within: number }
  /** The number of a socket's descriptor, and of this process, by which another can fetch it. */
  | { op: 'descriptor'; on: string }
  /** Fetches a descriptor of another process by pidfd_open() and pidfd_getfd(). */
  | { op: 'fetch'; as: string; pid: number; descriptor: number }
  /**
   * Reads options of a socket of another process by getsockopt(), through a descriptor of its own that is closed at once.
   * With another inode the process has closed the socket meanwhile: `EBADF`.
   */
  | { op: 'inspect'; pid: number; descriptor: number; inode: number; options: OptionName[] }
  /** The sockets of this host's network that have a port, or all of them, by NETLINK_SOCK_DIAG. */
  | { op: 'kernel-sockets'; protocol: 'tcp' | 'udp'; family: Family; port?: number }
  /** The index of an interface, by if_nametoindex(). */
  | { op: 'interface'; device: string }
  /**
   * The addresses of a name, or of this host's own where there is none, as getaddrinfo() returns them, in its order: for any
   * family or for one, and with `configured` only for families that the host has addresses of (AI_ADDRCONFIG).
   */
  | { op: 'resolve'; name?: string; family?: Family; configured?: boolean }
  | { op: 'getsockname'; on: string }
  | { op: 'getpeername'; on: string }
  | { op: 'shutdown'; on: string; how: 'read' | 'write' | 'both' }
  /** With `reset` a connection is reset, so that no state of it is left on its port. */
  | { op: 'close'; on: string; reset?: boolean }
  /** Waits until one of several sockets can be read; `silence` when none could. */
  | { op: 'poll'; on: string[]; within: number }
  /** Answers every request on this socket, as `name`, until it is closed. `drop` says which requests get no answer. */
  | { op: 'serve'; on: string; name: string; drop?: boolean[] }
  /** The requests that a served socket got so far. */
  | { op: 'served'; on: string }
  /**
   * Starts a program of this host; it ends with the agent at the latest. The sockets that it inherits are its descriptors
   * from 3 on, in their order.
   */
  | { op: 'spawn'; as: string; command: string; args: string[]; inherit?: string[] }
  /** The output of a started program, and its exit code once it has ended, for which `within` waits. */
  | { op: 'output'; on: string; within?: number }
  | { op: 'kill'; on: string }
  /** A text file of this host, for example a table under /proc. */
  | { op: 'read'; path: string }
  /** Writes a setting of this host, a file under /proc/sys. The harness allows it only in labs with a network of their own. */
  | { op: 'write'; path: string; data: string }
  /**
   * Makes thousands of sockets. `sockets` holds two numbers for each: the place of its kind, and its port. They are kept
   * under the name `as`, or each is closed before the next is made. The answer has a code for each; see `Result`.
   */
  | { op: 'batch'; as?: string; kinds: BatchKind[]; sockets: number[] }
  /** Takes one connection from each listener of a batch; the connection gets the listener's place, and the listener closes. */
  | { op: 'batch-accept'; on: string; within: number }
  /** Takes `count` connections from one listener, and keeps them as a batch. */
  | { op: 'batch-take'; on: string; as: string; count: number; within: number }
  /**
   * Waits until the sockets of a batch are all in a TCP state, for example `ESTABLISHED`. `silence` when they are not in
   * time, with the first that is not. If the batch was left, its sockets are looked for in the system's table.
   */
  | { op: 'batch-await'; on: string; state: string; within: number }
  /** Closes a batch: as close() does; by a reset, which leaves no state; or so that its ports are remembered. */
  | { op: 'batch-close'; on: string; how: 'close' | 'reset' | 'leave' }
  /**
   * Sends one datagram for each probe: from a source, to a target address and a port. `probes` holds four numbers for each
   * run of probes: the places of their source and of their target, the place of the first one's port, and how many ports
   * from there on get a probe each. The data of the first probe is the number `mark`, of the second `mark` + 1, and so on.
   * The answer has a code for each: `ok` where nothing came back yet, or the error that did, for example ECONNREFUSED.
   * With `closed`, a port on which nothing is bound, each probe is followed by a datagram to that port of the address
   * `proofs` of the target, and its error is waited for `within`: then everything before has arrived, and a probe is
   * `silence` if nothing came back; it is `no proof` where that error does not come.
   */
  | {
      op: 'probe-send';
      sources: SourceName[];
      targets: string[];
      ports: number[];
      probes: number[];
      mark: number;
      closed?: number;
      proofs?: string[];
      within?: number;
    }
  /**
   * Reads every datagram of the sockets of a batch, or of sockets with these names. `got` has two numbers for each: the
   * socket's place, and the mark.
   */
  | { op: 'probe-drain'; on: string | string[] }
  /**
   * Makes one TCP connection for each probe, see `probe-send`, and keeps them as `as`. `got` has the client's port of each, by which a
   * listener tells them apart; with `apart` no two have the same port, whatever their addresses. Where some neither succeed nor fail, each such source connects to the port `open` of the target, which answers
   * `within` that time: then a connection that is not there is `silence`, and else `no proof`. `value` is how many such connections were made.
   */
  | {
      op: 'probe-connect';
      as: string;
      sources: SourceName[];
      targets: string[];
      ports: number[];
      probes: number[];
      open: number;
      within: number;
      apart?: true;
    }
  /** Accepts and resets every connection of the listeners of a batch, or with these names. `got`: the listener's place, and the client's port. */
  | { op: 'probe-answer'; on: string | string[] }
  /** Says what became of some of the connections, by their places, and resets them all. */
  | { op: 'probe-settle'; on: string; ask: number[] }
  /** The agent ends its programs, and then itself by SIGKILL, with all its sockets open. There is no answer. */
  | { op: 'die' }
  /** Closes every socket and ends every program, then says how many internet sockets the process still holds. */
  | { op: 'reset' };

export type OperationName = Operation['op'];

/** One request that a served socket got. */
export interface Served {
  /** Milliseconds on the agent's clock. */
  at: number;
  bytes: number;
  from: SocketName;
  /** The address it was sent to, where the system reports that. */
  to?: string;
  /** Symbolic outcome of sending the answer; `dropped` when the server was told not to answer. */
  answered: string;
}

/**
 * The outcome of an operation for which this system has no call, or no number: no call was made. It is bindspec's own word,
 * not an errno.
 */
export type NotAvailable = 'not available here';

/**
 * The result of an operation. `outcome` is `ok`, the symbolic name of an errno, `silence` when the time to wait ran out,
 * `eof` when the peer closed the connection, `not available here` (see `NotAvailable`), or `ended` for a program that was
 * to be killed but had ended before.
 */
export interface Result {
  outcome: string;
  /** When it began, on the agent's clock, and how long it took; both in milliseconds. */
  at: number;
  took: number;
  /** The system's own number for an outcome that is an errno. */
  errno?: number;
  name?: SocketName;
  value?: ReadValue;
  data?: string;
  bytes?: number;
  from?: SocketName;
  to?: string;
  /** The index of the interface through which a datagram arrived, where the socket asked for it. */
  interface?: number;
  flags?: MessageFlag[];
  error?: QueuedError;
  ready?: string[];
  /** What a name was resolved to. */
  addresses?: string[];
  served?: Served[];
  counts?: Record<string, number>;
  pid?: number;
  exit?: number;
  open?: number;
  sockets?: KernelSocket[];
  options?: ReadOptions;
  /** The queue of a listener: how many connections wait for accept(), and how many may. */
  backlog?: { waiting: number; most: number };
  /** Pairs of numbers, or one number for each probe; see the operation. */
  got?: number[];
  /** For a batch: the place in `legend` of each socket's outcome, which is `ok` or the call that failed and its errno. */
  codes?: number[];
  legend?: string[];
}

/** The first line an agent prints. */
export interface Hello {
  protocol: number;
  pid: number;
  system: string;
  /** The version of Wine, where the system is Wine. */
  wine?: string;
  release: string;
  version: string;
  architecture: string;
  runtime: string;
  uid: number | null;
  networkNamespace: string | null;
  /** The agent's clock at this moment, in milliseconds. */
  clock: number;
}

/**
 * `halt` ends the list at the first outcome that is not `ok`. `terse` asks for one text for each operation, for batches of
 * thousands: the outcome, or the address and the port that getsockname returned.
 */
export interface Request {
  id: number;
  operations: Operation[];
  halt?: boolean;
  terse?: boolean;
}

/** `fault` is for what only a mistake in the harness can cause, for example a name that was never given. */
export type Reply =
  | { id: number; results: Result[] }
  | { id: number; outcomes: string[] }
  | { id: number; fault: string };
