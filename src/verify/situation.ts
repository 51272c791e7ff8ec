import type { Protocol } from '../model/types.ts';
import type { DenyingChain, FirewallRule } from '../port/report.ts';
import type { PortAsk } from '../published/ask.ts';
import type { Publication } from '../published/publication.ts';
import type { Viewpoint } from '../record/verification.ts';

/** A socket that waits for connections or datagrams, and the program that has it open. */
export interface Listener {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly program?: string;
  readonly pid?: number;
}

/** What was found out about a container without a try. */
export interface Situation {
  /** The sockets that listen inside and belong to it. */
  readonly listeners: readonly Listener[];
  /** The ports that the engine says it publishes; null where there is no engine to ask. */
  readonly published: readonly Publication[] | null;
  /** Whether the container uses its host's network and has none of its own. */
  readonly hostNetwork: boolean;
  /** Its own addresses, without loopback. */
  readonly addresses: readonly string[];
  /** The addresses among them to which its host has a direct link, so that nothing sent there reaches anyone else. */
  readonly linked: readonly string[];
  readonly host: {
    /** Every address of the host, with loopback and without link-local ones. */
    readonly addresses: readonly string[];
    /** The addresses of localhost, in the order in which programs try them. */
    readonly localhost: readonly string[];
    /** The sockets that listen on the host itself. */
    readonly listeners: readonly Listener[];
    /** What the host's firewall does about the published ports; left out where its rules could not be read. */
    readonly firewall?: HostFirewallView;
  };
}

/** The host's firewall, as far as it concerns published ports. */
export interface HostFirewallView {
  /** The chains that end what comes in to the host, unless a rule says otherwise. */
  readonly denies: readonly DenyingChain[];
  /** The rules for a port of the host that lead elsewhere, end or accept what is sent to it. */
  of(protocol: Protocol, hostPort: number): readonly FirewallRule[];
}

/** One try: where it starts, and which address it uses. */
export interface Attempt {
  readonly from: Viewpoint;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  /** The port of the container that the try is about. */
  readonly inner: number;
}

/** A try in the form that `src/published/` takes. */
export function askOfTry(situation: Situation, { from, address, port }: Attempt): PortAsk {
  return { from, address, port, isContainers: isContainers(situation, address) };
}

/** Whether an address belongs to the container alone; some engines give containers the host's own address. */
function isContainers({ addresses, host }: Situation, address: string): boolean {
  return addresses.includes(address) && !host.addresses.includes(address);
}
