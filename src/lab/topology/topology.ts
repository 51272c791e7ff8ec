import type { Family } from '../../protocol/messages.ts';
import type { AddressKind, HostName, LabFacts } from '../lab.ts';

/** A host of a topology: how it is called, and the words that start a command and an agent on it. */
export interface TopologyHost {
  readonly title: string;
  readonly launch: readonly string[];
  /** The command of an agent there. */
  readonly agent: readonly string[];
}

/** Hosts that are there already, and their addresses. What else they offer is found out by asking them. */
export interface Topology {
  /** As it is named on the command line. */
  readonly lab: string;
  readonly hosts: Partial<Record<HostName, TopologyHost>> & { readonly machine: TopologyHost };
  /** Without those that every system has; the name of an interface stands for an address that it has. */
  readonly addresses: Record<Family, Partial<Record<AddressKind, string>>>;
  /** The machine's interface that holds its external addresses. */
  readonly externalInterface: string | null;
  /** The one that holds its second external addresses, where that is known to be another. */
  readonly secondInterface?: string;
  /** Whether no one else uses the hosts and their addresses. */
  readonly exclusive: boolean;
  /** What is known not to be offered, with the reason. */
  readonly missing: LabFacts['missing'];
  /** The line that gets a lab which offers more. */
  readonly elsewhere: string;
}
