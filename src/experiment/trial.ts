import type { AddressKind, HostName, LabFacts } from '../lab/lab.ts';
import type { Family, Operation, Result } from '../protocol/messages.ts';
import { HarnessError } from '../harness/harness-error.ts';

/** What experiments need of the words of the lab and of the protocol. */
export type { AddressKind, Family, Operation };

/** An agent in its part of an experiment: `server`, `client`, `impostor`, ... */
export interface Part {
  readonly name: string;
  readonly host: HostName;
  /** Does the operations one after the other and returns a result for each. */
  do(...operations: Operation[]): Promise<Result[]>;
  /** The same, but stops behind the first whose outcome is not `ok`. */
  attempt(...operations: Operation[]): Promise<Result[]>;
  /** Kills its process by SIGKILL, with all that it has open; it can't be asked any more. */
  kill(): Promise<void>;
  /** A name for a socket or program that this part has not used yet. */
  fresh(prefix: string): string;
}

export interface PartOptions {
  /** Where it runs; on the machine under test unless said. */
  host?: HostName;
  /** Whether it acts as a user other than the harness's own; `third` is one more. */
  otherUser?: boolean | 'third';
  /** A capability that its process does not have, though its user has it. */
  without?: Capability;
}

/** Capabilities that decide about sockets, see capabilities(7). */
export type Capability = 'CAP_NET_ADMIN' | 'CAP_NET_BIND_SERVICE' | 'CAP_NET_RAW';

/**
 * The network of one host, for an experiment that needs a `changeable network`. At the end of the cell all that it changed
 * is undone, the last first. @throws HarnessError for what can't be done
 */
export interface Network {
  /** Sets a setting of the host's network namespace, such as `net.ipv4.ip_nonlocal_bind`. */
  set(setting: string, value: number | string): Promise<void>;
  /** Adds an interface that is up, the one end of a veth pair of which the other is on the same host. */
  addInterface(device: string): Promise<void>;
  /** Removes an interface that was added. */
  removeInterface(device: string): Promise<void>;
  /**
   * Adds an address with the length of its prefix, such as `192.0.2.7/24`. A tentative IPv6 one stays so for longer than a
   * cell takes, because the system goes on asking whether another host has it.
   */
  addAddress(device: string, address: string, how?: { tentative?: boolean }): Promise<void>;
  /** Removes an address that was added. */
  removeAddress(device: string, address: string): Promise<void>;
  /** Adds a VRF with interfaces that were added, for an experiment that needs `VRF`. */
  addVrf(device: string, members: readonly string[]): Promise<void>;
}

/** What an experiment has at hand while it runs. */
export interface Trial {
  readonly facts: LabFacts;
  /** A port that nobody else uses in this lab, for TCP and for UDP. */
  readonly port: number;
  /** One more such port. */
  anotherPort(): Promise<number>;
  /** How long to wait for what may never come, in milliseconds. */
  readonly patience: number;
  /** The same for a TCP connection to be made or refused, which takes some systems longer. */
  readonly connectPatience: number;
  /**
   * The part of this name; the same process whenever it is asked for.
   * @throws HarnessError when it is asked for with options that are not those it was first asked for with
   */
  part(name: string, options?: PartOptions): Promise<Part>;
  /** The network of a host, to be changed; of the machine under test unless said. */
  network(host?: HostName): Network;
}

/** The lab's address of a kind. @throws HarnessError when it has none, which the experiment's needs should have told. */
export function addressOf(facts: LabFacts, family: Family, kind: AddressKind): string {
  const address = facts.addresses[family][kind];
  if (address === undefined)
    throw new HarnessError(
      `the ${facts.lab} lab has no ${family} address '${kind}': the experiment must name it in its needs`,
    );
  return address;
}

/** What an address is in this lab, so that observations can be compared between labs; the address itself if it is none. */
export function kindOf(facts: LabFacts, address: string): AddressKind | (string & {}) {
  const plain = address.replace(/^::ffff:/, '');
  for (const family of ['inet', 'inet6'] as const) {
    for (const [kind, known] of Object.entries(facts.addresses[family])) {
      if (known === address || known === plain) return kind;
    }
  }
  return address;
}
