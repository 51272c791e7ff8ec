import type { AddressKind, HostName, LabFacts } from '../lab/lab.ts';
import type { HostNames } from '../lab/own-names.ts';
import type { NumberOption } from '../protocol/options.ts';
import type { Family, NameForm, Operation, Result } from '../protocol/messages.ts';
import { HarnessError } from '../harness/harness-error.ts';

/** The types of the lab and of the protocol that experiments need. */
export type { AddressKind, HostNames, Family, NameForm, NumberOption, Operation };

/** An agent in its part of an experiment: `server`, `client`, `impostor`, ... */
export interface Part {
  readonly name: string;
  readonly host: HostName;
  /** Does the operations one after the other and returns a result for each. */
  do(...operations: Operation[]): Promise<Result[]>;
  /** Does the same, but stops after the first operation whose outcome is not `ok`. */
  attempt(...operations: Operation[]): Promise<Result[]>;
  /** Kills its process by SIGKILL, with all that the process has open; after that, nothing can be asked of the part. */
  kill(): Promise<void>;
  /** A name for a socket or program that this part has not used yet. */
  fresh(prefix: string): string;
}

export interface PartOptions {
  /** Where the part runs; on the machine under test when left out. */
  host?: HostName;
  /** Whether it acts as a user other than the harness's own; `third` is a third user. */
  otherUser?: boolean | 'third';
  /** A capability that its process does not have, though its user has it. */
  without?: Capability;
  /** The host names that its system's resolver knows, for an experiment that needs `own host names`. */
  names?: HostNames;
}

/** Capabilities that decide about sockets, see capabilities(7). */
export type Capability = 'CAP_NET_ADMIN' | 'CAP_NET_BIND_SERVICE' | 'CAP_NET_RAW';

/** What an address is added as, where it is to be something other than an address that is used at once. */
export interface AddressState {
  tentative?: boolean;
  deprecated?: boolean;
  checked?: boolean;
}

/**
 * The network of one host, for an experiment that needs a `changeable network`. At the end of the cell, all its changes
 * are undone, the last one first.
 * @throws HarnessError for a change that can't be made
 */
export interface Network {
  /** Sets a setting of the host's network namespace, for example `net.ipv4.ip_nonlocal_bind`. */
  set(setting: string, value: number | string): Promise<void>;
  /** Adds an interface that is up: one end of a veth pair. The other end is on the same host. */
  addInterface(device: string): Promise<void>;
  /** Removes an interface that was added. */
  removeInterface(device: string): Promise<void>;
  /**
   * Adds an address with the length of its prefix, for example `192.0.2.7/24`. A tentative IPv6 address stays tentative
   * for longer than a cell takes, because the system goes on asking whether another host has it. A deprecated one is not
   * chosen as a source for new connections. One that is `checked` is tentative until the system has asked once whether
   * another host has it.
   */
  addAddress(device: string, address: string, how?: AddressState): Promise<void>;
  /** Removes an address that was added. */
  removeAddress(device: string, address: string): Promise<void>;
  /**
   * Takes from an interface of the lab all addresses that are not link-local, with the routes that go by it, and gives them
   * back at the end.
   */
  takeAddresses(device: string): Promise<void>;
  /** Takes an interface down, or up again. */
  setLink(device: string, to: 'up' | 'down'): Promise<void>;
  /** Sets the largest packet that an interface sends, in bytes. */
  setMtu(device: string, bytes: number): Promise<void>;
  /**
   * Adds a route to a destination with the length of its prefix: by way of a router, or to nowhere, so that the host answers
   * with an error of ICMP, or with none. What the system learns on the way there is gone with the route.
   */
  addRoute(destination: string, to: { via: string } | 'unreachable' | 'prohibit' | 'blackhole'): Promise<void>;
  /** Adds a VRF with interfaces that were added, for an experiment that needs `VRF`. */
  addVrf(device: string, members: readonly string[]): Promise<void>;
}

/** What an experiment can use while it runs. */
export interface Trial {
  readonly facts: LabFacts;
  /** A port that no one else uses in this lab, for TCP and for UDP. */
  readonly port: number;
  /** One more such port. */
  anotherPort(): Promise<number>;
  /** How long to wait for something that may never arrive, in milliseconds. */
  readonly patience: number;
  /** How long to wait until a TCP connection is made or refused; some systems need longer for that. */
  readonly connectPatience: number;
  /**
   * The part of this name; each call with the same name returns the same process.
   * @throws HarnessError when the options differ from those of the first call
   */
  part(name: string, options?: PartOptions): Promise<Part>;
  /** The network of a host, for changes; of the machine under test when left out. */
  network(host?: HostName): Network;
}

/**
 * The lab's address of a kind.
 * @throws HarnessError when it has none; the experiment's needs should have said that it needs one.
 */
export function addressOf(facts: LabFacts, family: Family, kind: AddressKind): string {
  const address = facts.addresses[family][kind];
  if (address === undefined)
    throw new HarnessError(
      `the ${facts.lab} lab has no ${family} address '${kind}': the experiment must name it in its needs`,
    );
  return address;
}

/**
 * The kind of an address in this lab, so that observations of different labs can be compared; the address itself where it
 * has no kind.
 */
export function kindOf(facts: LabFacts, address: string): AddressKind | (string & {}) {
  const plain = address.replace(/^::ffff:/, '');
  for (const family of ['inet', 'inet6'] as const) {
    for (const [kind, known] of Object.entries(facts.addresses[family])) {
      if (known === address || known === plain) return kind;
    }
  }
  return address;
}
