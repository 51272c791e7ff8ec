import { isLoopback4 } from '../../model/address.ts';
import type { LabFacts } from '../../lab/lab.ts';
import type { Family } from '../../protocol/messages.ts';
import type { ReceiverCorner } from './axes.ts';

/** From where to where a probe goes. */
export interface Way {
  /** The host that sends it. */
  readonly host: 'machine' | 'neighbour';
  readonly from: string;
  /** The port it is sent from: the one that connected sockets have as their peer's, or another. */
  readonly port: 'peer' | 'other';
  readonly to: string;
  /** The device that counts as the one by which it arrives, where that is known. */
  readonly device?: string;
}

/** Linux gives this IPv4 address to a dual-stack socket that is connected over IPv6. */
const PLACEHOLDER = '127.0.0.6';

/** The ways of all probes that a pair of a corner gets, at a machine with these addresses. */
export function waysOf(facts: LabFacts, corner: ReceiverCorner): Way[] {
  const { protocol, states } = corner;
  const hasPeers = states.some((state) => state === 'connected' || state === 'connected-out');
  const ports: readonly Way['port'][] = hasPeers ? ['peer', 'other'] : ['other'];
  return (['inet', 'inet6'] as const).flatMap((family) => {
    const { loopback, external, neighbour } = facts.addresses[family];
    const own = targetsOf(facts, family, protocol === 'udp' && hasPeers);
    const local = [loopback, external].filter((address) => address !== undefined);
    const inside = local.flatMap((from) => own.map((target) => ({ host: 'machine' as const, from, ...target })));
    const outside =
      neighbour === undefined || facts.missing.neighbour !== undefined
        ? []
        : fromNeighbour(facts, family).map((target) => ({ host: 'neighbour' as const, from: neighbour, ...target }));
    return [...inside, ...outside].flatMap((way) => ports.map((port): Way => ({ ...way, port })));
  });
}

interface Target {
  readonly to: string;
  readonly device?: string;
}

/** The addresses of the machine, with the device that has each. */
function targetsOf(facts: LabFacts, family: Family, withPlaceholder: boolean): Target[] {
  const { loopback, external, 'second-loopback': second, 'second-external': other } = facts.addresses[family];
  const placeholder = withPlaceholder && second !== undefined && isLoopback4(second) ? PLACEHOLDER : undefined;
  return [
    ...[loopback, second, placeholder].map((to) => targetAt(to, 'lo')),
    targetAt(external, facts.externalInterface ?? undefined),
    targetAt(other, facts.secondInterface),
  ].flat();
}

/** What the neighbour reaches by its LAN with the machine; packets to either address arrive by that device. */
function fromNeighbour(facts: LabFacts, family: Family): Target[] {
  const { external, 'second-external': other } = facts.addresses[family];
  const device = facts.externalInterface ?? undefined;
  const isRouted = facts.missing['routed second address'] === undefined;
  return [...targetAt(external, device), ...(isRouted ? targetAt(other, device) : [])];
}

function targetAt(to: string | undefined, device: string | undefined): Target[] {
  return to === undefined ? [] : [{ to, ...(device === undefined ? {} : { device }) }];
}

/** A way in words, for example `from 127.0.0.1 to 127.0.0.2`. */
export function wayInWords({ host, from, port, to }: Way): string {
  const sender = host === 'neighbour' ? `the neighbour, ${from}` : from;
  return `from ${sender}${port === 'peer' ? ' (the peer)' : ''} to ${to}`;
}

/** A text that distinguishes ways. */
export function waysKey({ host, from, port, to }: Way): string {
  return `${host} ${from} ${port} ${to}`;
}
