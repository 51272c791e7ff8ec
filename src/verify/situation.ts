import type { Protocol } from '../model/types.ts';
import type { PortAsk } from '../published/ask.ts';
import type { Publication } from '../published/publication.ts';
import type { Viewpoint } from '../record/verification.ts';

/** A socket that waits for connections or datagrams, and who holds it. */
export interface Listener {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly program?: string;
  readonly pid?: number;
}

/** What was found out about a container without trying anything. */
export interface Situation {
  /** What listens inside and belongs to it. */
  readonly listeners: readonly Listener[];
  /** What the engine says that it publishes; null where there is no engine to ask. */
  readonly published: readonly Publication[] | null;
  /** Whether the container has no network but its host's. */
  readonly hostNetwork: boolean;
  /** Its own addresses, loopback left out. */
  readonly addresses: readonly string[];
  /** Those of them to which its host has a link of its own, so that nothing that is sent there goes to anybody else. */
  readonly linked: readonly string[];
  readonly host: {
    /** Every address of the host, loopback included and link-local left out. */
    readonly addresses: readonly string[];
    /** What localhost stands for, in the order in which programs try it. */
    readonly localhost: readonly string[];
    /** What listens on the host itself. */
    readonly listeners: readonly Listener[];
  };
}

/** One try: from where, and at which name. */
export interface Attempt {
  readonly from: Viewpoint;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  /** The port of the container that it is about. */
  readonly inner: number;
}

/** A try as `src/published/` takes it. */
export function askOfTry(situation: Situation, { from, address, port }: Attempt): PortAsk {
  return { from, address, port, isContainers: isContainers(situation, address) };
}

/** Whether an address is the container's and nobody else's; some engines give containers the host's own. */
function isContainers({ addresses, host }: Situation, address: string): boolean {
  return addresses.includes(address) && !host.addresses.includes(address);
}
