import type * as FastCheck from 'fast-check';
import type { LabFacts } from '../lab/lab.ts';
import type { Protocol } from '../model/types.ts';
import { familyReached } from '../plan/addresses.ts';
import type { ProbeSource, ProbeStep } from '../plan/plan.ts';

/** The groups that random sets join and probes go to. No other program uses them. */
export const GROUPS = ['239.76.5.4', 'ff05::4c05:4'] as const;

/** The ports of peers: below those that plans get, and above those that need a privilege. */
const PEER_PORTS = [1031, 1032] as const;

/** An address that is probed, and the senders that reach it. */
interface Target {
  readonly to: string;
  readonly from: readonly ProbeSource[];
}

/** The probes that random sets can have in a lab. */
export interface ProbeVocabulary {
  readonly targets: readonly Target[];
  /** Whom UDP sockets connect to. A probe may come from each of them. */
  readonly peers: readonly (ProbeSource & { readonly port: number })[];
}

/** The targets and peers of a lab: every address of the machine, groups and broadcast addresses. */
export function probesOf(protocol: Protocol, facts: LabFacts, broadcasts: readonly string[]): ProbeVocabulary {
  const targets: Target[] = [];
  const peers: (ProbeSource & { port: number })[] = [];
  for (const family of ['inet', 'inet6'] as const) {
    const own = facts.addresses[family];
    const at = (address: string | undefined, owner?: 'neighbour'): ProbeSource[] =>
      address === undefined ? [] : [{ address, ...(owner === undefined ? {} : { owner }) }];
    const hasNeighbour = facts.hosts.neighbour !== undefined;
    const loopback = at(own.loopback);
    const external = at(own.external);
    const neighbour = hasNeighbour ? at(own.neighbour, 'neighbour') : [];
    const inside = [...loopback, ...external];
    const unicast = [own.loopback, own['second-loopback'], family === 'inet' ? '127.0.0.6' : undefined];
    for (const to of unicast) if (to !== undefined) targets.push({ to, from: inside });
    for (const to of [own.external, own['second-external']]) {
      if (to !== undefined) targets.push({ to, from: [...inside, ...neighbour] });
    }
    peers.push(...[...inside, ...neighbour].flatMap((one) => PEER_PORTS.map((port) => ({ ...one, port }))));
    // Multicast and broadcast leave by the interface of their sender.
    const toMany = [...external, ...neighbour];
    if (protocol === 'tcp' || toMany.length === 0) continue;
    const many = [...GROUPS, '255.255.255.255', ...broadcasts.filter((one) => isOnLink(one, own.external))];
    for (const to of many) if (familyReached(to) === family) targets.push({ to, from: toMany });
  }
  return { targets, peers: protocol === 'udp' ? peers : [] };
}

/** Whether a broadcast address is that of the network of an address with a prefix of 24 bits, as the labs have them. */
function isOnLink(broadcast: string, external: string | undefined): boolean {
  const network = external?.slice(0, external.lastIndexOf('.') + 1);
  return network !== undefined && broadcast === `${network}255`;
}

/** A probe at every target, each from a random one of its senders or from a peer. */
export function probeEvery(
  { targets }: ProbeVocabulary,
  random: FastCheck.Random,
  peers: readonly ProbeSource[],
): ProbeStep[] {
  return targets.map(({ to, from }) => {
    const near = peers.filter(({ address, owner }) =>
      from.some((one) => one.address === address && one.owner === owner),
    );
    const senders = near.length > 0 && random.nextInt(0, 1) === 0 ? near : from;
    const sender = senders[random.nextInt(0, senders.length - 1)];
    return { op: 'probe', to, ...(sender === undefined ? {} : { from: sender }) };
  });
}
