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
  /** A name for a socket or program that this part has not used yet. */
  fresh(prefix: string): string;
}

export interface PartOptions {
  /** Where it runs; on the machine under test unless said. */
  host?: HostName;
  /** Whether it acts as a user other than the harness's own. */
  otherUser?: boolean;
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
  /** The part of this name; the same process whenever it is asked for. */
  part(name: string, options?: PartOptions): Promise<Part>;
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
