/** The words that every model shares. Nothing here does anything; the models in this folder are pure. */

import type { Family } from '../protocol/messages.ts';

export type { Family };
export type Protocol = 'udp' | 'tcp';

export const SYSTEM_NAMES = ['linux', 'darwin', 'freebsd', 'openbsd', 'netbsd', 'windows', 'gvisor', 'wine'] as const;
export type SystemName = (typeof SYSTEM_NAMES)[number];

/** A rule's id: the system that it belongs to, and its name there. */
export type RuleId = `${SystemName}/${string}`;

/** What bind() or listen() returns: `ok`, or the symbolic name of the error. */
export type Outcome =
  | 'ok'
  | 'EACCES'
  | 'EADDRINUSE'
  | 'EADDRNOTAVAIL'
  | 'EAFNOSUPPORT'
  | 'EINVAL'
  | 'EOPNOTSUPP'
  | 'WSAEACCES'
  | 'WSAEADDRINUSE'
  | 'WSAEADDRNOTAVAIL'
  | 'WSAEAFNOSUPPORT'
  | 'WSAEINVAL'
  | 'WSAEOPNOTSUPP';

/** The socket options that decide conflicts; what is left out is off. */
export interface Options {
  readonly reuseaddr?: boolean;
  readonly reuseport?: boolean;
  /** SO_EXCLUSIVEADDRUSE (Windows, Wine). */
  readonly exclusive?: boolean;
  /** SO_REUSEPORT_LB (FreeBSD). */
  readonly reuseportLb?: boolean;
  /** SO_REUSESHAREUID (macOS). */
  readonly reuseShareUid?: boolean;
}

/** The socket options that decide who receives, and no conflict. */
export interface ReceiveOptions {
  /** IP_MULTICAST_ALL (Linux): on for AF_INET and off for AF_INET6 from the start. */
  readonly multicastAll?: boolean;
  /** IPV6_MULTICAST_ALL (Linux): on from the start. */
  readonly multicastAll6?: boolean;
}

/** A socket that is about to be bound, and the name that it asks for. */
export interface NextSocket {
  readonly protocol: Protocol;
  readonly family: Family;
  /** IPV6_V6ONLY; when left out, the system's own default. */
  readonly v6only?: boolean;
  readonly address: string;
  readonly port: number;
  readonly options?: Options;
  /** The owner of the socket object; 0, root, when left out. */
  readonly uid?: number;
  /** Whether the caller may bind a privileged port; when left out, whether the uid is 0. */
  readonly privileged?: boolean;
  /** SO_BINDTODEVICE: the interface that the socket is tied to. */
  readonly device?: string;
}

export type State =
  | 'bound'
  | 'listening'
  | 'connected'
  | 'accepted'
  | 'close-wait'
  | 'fin-wait-1'
  | 'fin-wait-2'
  | 'time-wait'
  | 'shut-down';

/** A socket that is already there: how it was bound, and what became of it since. */
export interface PresentSocket extends NextSocket {
  /** `bound` when left out. An `accepted` socket is one whose listener, of the given name, has been closed. */
  readonly state?: State;
  /** The local address as it stands now, when connect() or accept() replaced a wildcard. */
  readonly local?: string;
  /** Whether connect() chose the port, rather than bind(). */
  readonly autobound?: boolean;
}

/** What the models need to know of the machine. */
interface Host {
  /** The addresses of its interfaces. When left out, every address counts as local. */
  readonly addresses?: readonly string[];
  /** The addresses of each interface by its name, where a socket is tied to one; when left out, it has them all. */
  readonly devices?: Readonly<Record<string, readonly string[]>>;
  /** The broadcast addresses of its interfaces. */
  readonly broadcasts?: readonly string[];
  /** The first port that needs no privilege; 1024 when left out. */
  readonly unprivilegedPortStart?: number;
}

export interface Setting {
  readonly host?: Host;
  /** The Linux kernel's version, such as `6.18.44`; the newest known behaviour when left out. */
  readonly kernel?: string;
}

/** What a model says of one call: every outcome that it allows, the likeliest first, and the rule that decided. */
export interface Prediction {
  readonly outcomes: readonly Outcome[];
  readonly rule: RuleId;
  /** The id of the socket that stands in the way, or that the rule looked at. */
  readonly holder?: number;
}

/** One step on the port, for the simulator. Sockets are named by numbers of the caller's choice. */
export type Operation =
  | ({ readonly op: 'bind'; readonly socket: number } & NextSocket)
  | { readonly op: 'listen'; readonly socket: number }
  /**
   * A connect() that succeeds. `local` is the local address that the system chose; it only takes effect on a wildcard.
   * `as` describes a socket that was not bound: connect() gave it this port. `peer` is whom it is connected to, in the form of
   * an IPv4 or IPv6 address; it matters only for who receives.
   */
  | {
      readonly op: 'connect';
      readonly socket: number;
      readonly local: string;
      readonly peer?: { readonly address: string; readonly port: number };
      readonly as?: NextSocket;
    }
  /** accept() returned a new socket; its owner is who called accept(). */
  | {
      readonly op: 'accept';
      readonly socket: number;
      readonly listener: number;
      readonly local: string;
      readonly uid?: number;
    }
  | { readonly op: 'peer-close'; readonly socket: number }
  /**
   * close(): the socket goes at once, as one does whose peer had closed first, or it `leaves` a TCP state behind.
   * Closing what was left means that it expired.
   */
  | {
      readonly op: 'close';
      readonly socket: number;
      readonly leaves?: 'fin-wait-1' | 'fin-wait-2' | 'time-wait';
    }
  | {
      readonly op: 'set';
      readonly socket: number;
      readonly options?: Options & ReceiveOptions;
      readonly device?: string | null;
    }
  | { readonly op: 'shutdown'; readonly socket: number }
  /** The socket joins or leaves a multicast group, on a device where one is named. It matters only for who receives. */
  | { readonly op: 'join' | 'leave'; readonly socket: number; readonly group: string; readonly device?: string }
  | { readonly op: 'disconnect'; readonly socket: number };
