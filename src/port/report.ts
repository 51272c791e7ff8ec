import type { Outcome, Protocol, SystemName } from '../model/types.ts';
import type { HeldSocket } from '../sockets/held.ts';
import type { PortProbe } from './probed.ts';

/** Programs, or words for no one. */
export interface PortReceiver {
  /** The destinations. */
  readonly to: readonly string[];
  /**
   * Those who may receive, each by the places of its sockets in `held`; or why no one does. Several where it depends on the
   * sender or on which was bound last. Undefined where it is not known.
   */
  readonly who: readonly (readonly number[] | 'refused' | 'reset' | 'silence' | 'no answer')[] | undefined;
  /** What it depends on, where there are several. */
  readonly by?: 'the sender’s address and port' | 'which was bound last';
}

/** What new sockets would get. */
export interface NewSockets {
  /** The names that they would be bound to. */
  readonly names: readonly string[];
  /** The options that they would have. */
  readonly options: readonly string[];
  readonly outcomes: readonly Outcome[];
  readonly call: 'bind' | 'listen';
  /** The socket in the way, by its place in `held`. */
  readonly holder?: number;
  /** The rule of the model that decides. */
  readonly rule: string;
}

/** A rule of the firewall that names the port. */
export interface FirewallRule {
  /** Where it is: `ip nat PREROUTING`. */
  readonly chain: string;
  /** The rule, or what of it counts, as the tool writes it. */
  readonly text: string;
  readonly action: 'leads elsewhere' | 'drops' | 'rejects' | 'accepts';
  /** Where it leads to. */
  readonly to?: string;
  /** Whether it has conditions beside the port: then it may not match everyone. */
  readonly conditional: boolean;
}

/** A chain that ends what comes in to the machine unless a rule of it says otherwise. */
export interface DenyingChain {
  readonly family: 'ip' | 'ip6' | 'inet';
  /** Where it is: `inet filter input`. */
  readonly chain: string;
}

/** What was read of the firewall. */
export interface Firewall {
  readonly rules: readonly FirewallRule[];
  /** The tables that could not be read, each with the reason. */
  readonly unread: readonly string[];
}

/** What is left on the port, by how many. */
export interface Left {
  readonly timeWait: number;
  /** Connections that no process has any more and that are not yet closed. */
  readonly orphans: number;
  /** Connections that a process has. */
  readonly connections: number;
}

/** Everything about one port of one protocol. */
export interface PortAnswer {
  readonly protocol: Protocol;
  readonly port: number;
  readonly system: SystemName;
  /** The sockets of this network that wait or hold the name; `more` are equal to one in everything. */
  readonly held: readonly (HeldSocket & { readonly more?: number })[];
  readonly left: Left;
  /** Sockets of other networks of this machine; they are in no one's way here. */
  readonly elsewhere: readonly { readonly network: string; readonly sockets: readonly HeldSocket[] }[];
  readonly fresh: readonly NewSockets[];
  /** What would help the first that is refused, in sentences. */
  readonly helps: readonly string[];
  readonly receivers: readonly PortReceiver[];
  readonly firewall: Firewall;
  /** What else counts: reserved and chosen ports, a privilege, what a program passes on. */
  readonly notes: readonly string[];
  /** What came of connecting to it, where that was asked for. */
  readonly probes?: readonly PortProbe[];
}
