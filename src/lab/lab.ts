import type { Host } from '../model/types.ts';
import type { Family } from '../protocol/messages.ts';
import type { NewerSetting } from './setting-since.ts';

/** The machines of a lab: the one under test, another on its LAN, and the router of its second LAN. */
export type HostName = 'machine' | 'neighbour' | 'gateway';

/** What an address is to the machine under test. `filtered` is the neighbour's behind the gateway, which drops ICMP. */
export type AddressKind =
  | 'wildcard'
  | 'loopback'
  | 'second-loopback'
  | 'external'
  | 'second-external'
  | 'neighbour'
  | 'filtered'
  | 'gateway'
  /** The broadcast address of the network of the machine's external address. */
  | 'broadcast';

/**
 * Something that an experiment can't do without and that not every lab offers. A `routed second address` is one that the
 * neighbour reaches by way of the machine's first, because it is not itself on the second LAN.
 */
export type Need =
  | `${Family} ${AddressKind}`
  | 'neighbour'
  | 'gateway'
  | 'quiet interface'
  /** Processes of the machine can learn the index of an interface. */
  | 'interface index'
  /** The name of the interface that has the second external addresses. */
  | 'second interface'
  | 'routed second address'
  /** The first sixteen addresses of 127.0.0.0/8 are the machine's, as all of that network is on some systems. */
  | 'loopback network'
  | 'second user'
  /** And a third. */
  | 'third user'
  | 'process without a capability'
  /** A process may have a file of host names, and a name of its host, of its own. */
  | 'own host names'
  /** Processes of the machine have this capability, where the system knows it. */
  | 'CAP_NET_RAW'
  /** They may take sockets from one another by pidfd_getfd(), where the system knows it. */
  | 'pidfd_getfd'
  /** connect() returns an error where it gets the null pointer with the length of a name, and does not end the process. */
  | 'null name in connect()'
  /** No route leads out of the lab, so that most addresses have none. */
  | 'isolated network'
  /** Its settings, interfaces and addresses are the lab's own. The cell is run alone, and what it changes is undone. */
  | 'changeable network'
  /** Such a network, in which interfaces can be put into a VRF. */
  | 'VRF'
  /** The kernel has this setting, which older ones do not have. */
  | `setting ${NewerSetting}`
  | `program ${string}`;

/** Why a lab does not offer something, and the line that would enable it. */
export interface Missing {
  reason: string;
  enable: string;
}

/** What a lab is and offers, as data: experiments plan by it and records keep it. */
export interface LabFacts {
  lab: string;
  hosts: Partial<Record<HostName, string>>;
  addresses: Record<Family, Partial<Record<AddressKind, string>>>;
  /** Needs that are not met, with the reason; everything else is. */
  missing: Partial<Record<Need, Missing>>;
  /** The machine's interface that holds its external addresses, where its counters can be read. */
  externalInterface: string | null;
  /** The interface that holds its second external addresses, where that is known to be another one. */
  secondInterface?: string;
  /** Whether no one but the lab's own agents takes ports, so that none needs to be probed. */
  ownPorts: boolean;
  /** The interface that was named for the external addresses, where one was. */
  namedInterface?: string;
  /** The first and the last port to use, where the system chooses some of the usual ones by itself. */
  firstPort?: number;
  lastPort?: number;
  /** What the machine says of its addresses and settings, once an agent there has been asked (`readHost`). */
  machine?: Host;
  /** The line that gets a lab which offers what this one does not. */
  elsewhere: string;
}

/** What the machine of a lab is, where the system that its processes see is not the one whose network they use. */
export interface StackIdentity {
  /** As it is named on the command line. */
  readonly name: string;
  readonly system: 'gvisor' | 'wine';
  readonly release: string;
}

/** A place to run experiments in, made for one run and taken back at its end. */
export interface Lab {
  readonly facts: LabFacts;
  readonly stack?: StackIdentity;
  /** The words before a command that start it on a host of this lab. */
  launch(host: HostName): readonly string[];
  /** The command of an agent on a host, where it is not this process's own Node that starts it. */
  agent?(host: HostName): readonly string[] | undefined;
  /** Whether an agent may outlive the process that was started for it here, as behind ssh and in a container. */
  readonly farAgents?: boolean;
  /** Which of several programs the machine has, where it is not the machine that bindspec runs on. */
  programs?(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** Takes back everything the lab made. Never throws. */
  close(): Promise<void>;
}

/** A kind of lab. `open` throws `Unavailable` when it is not available here. */
export interface LabKind {
  readonly name: string;
  /** How many can be open at a time; any number when left out. */
  readonly atOnce?: number;
  /** How many cells may share one, each on ports of its own; one when left out. Such a lab is made quickly. */
  readonly cellsAtOnce?: number;
  /** Whether to make one makes what may outlive this process, an engine's containers for instance. */
  readonly far?: boolean;
  open(): Promise<Lab>;
}
