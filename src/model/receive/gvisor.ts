import { unmapped } from '../address.ts';
import { ANY } from '../overlap.ts';
import { ruleBook } from '../rules.ts';
import type { Operation, RuleId } from '../types.ts';
import { chainAfter, isForMany, NO_CHAIN, type PortChain } from './chain.ts';
import { destinationOf, stackOf } from './packet.ts';
import type { Delivery } from './delivery.ts';
import { deviceOf } from './device-of.ts';
import type { Receiver } from './receiver.ts';
import type { Packet, Receivers, Reception } from './types.ts';

const DEMUX = {
  name: 'gVisor, pkg/tcpip/stack/transport_demuxer.go (2026-08); runsc 20240729',
  where: 'findEndpointLocked, handlePacket',
};

const gvisorReceiveRules = ruleBook('gvisor', {
  'R1-lookups': {
    prose:
      'Four lookups are made, and the first that has a socket decides: the destination’s address and the sender; any address and the sender; the destination’s address; any address. A wildcard socket that connects is in the second, so it hears its peer at every address of the machine.',
    source: DEMUX,
    known: 'observed',
  },
  'R2-device': {
    prose:
      'In a lookup the sockets that are tied to the incoming device come before those that are tied to none. Where there are only sockets of other devices the packet goes to no one; no later lookup is made.',
    source: DEMUX,
    known: 'observed',
  },
  'R3-hash': {
    prose:
      'A hash of the sender chooses among several, AF_INET and AF_INET6 alike, unless all have SO_REUSEADDR and not all SO_REUSEPORT: then the last registered receives. connect() and a disconnect register a socket again.',
    source: { name: 'gVisor, pkg/tcpip/ports/flags.go, pkg/tcpip/stack/transport_demuxer.go', where: 'selectEndpoint' },
    spreads: true,
    known: 'observed',
  },
  'R4-many': {
    prose:
      'A broadcast or multicast is given to every socket of each of the four lookups; per lookup to the tied ones instead of the others. Who joined is not looked at.',
    source: { ...DEMUX, where: 'deliverPacket' },
    known: 'observed',
  },
  'R5-no-one': {
    prose: 'Where no lookup has a socket, the sender gets an ICMP port unreachable, or a reset of TCP.',
    source: DEMUX,
    known: 'observed',
  },
});
const { id: rule } = gvisorReceiveRules;

/** What counts of a socket: an option or a tie that is set after bind() takes effect at the next connect or disconnect. */
interface Registered {
  readonly device: string | undefined;
  readonly options: Receiver['options'];
  /** Whether an AF_INET6 socket has connected over IPv4: then it is registered for IPv4 alone, also after a disconnect. */
  readonly fourOnly: boolean;
}

interface Demuxer extends PortChain {
  readonly registered: ReadonlyMap<number, Registered>;
}

/** Who receives on gVisor. */
export const gvisorDelivery: Delivery<Demuxer> = {
  rules: gvisorReceiveRules.rules,
  start: { ...NO_CHAIN, registered: new Map() },
  after(state, operation, _setting, now) {
    const next = chainAfter(state, operation, now, { keepsName: true });
    const socket = registers(operation) ? next.sockets.get(operation.socket) : undefined;
    if (socket === undefined) return { ...next, registered: state.registered };
    const { device, options } = socket;
    const before = operation.op !== 'bind' && state.registered.get(socket.id)?.fourOnly === true;
    const fourOnly = before || (socket.family === 'inet6' && operation.op === 'connect' && isOverFour(operation));
    return { ...next, registered: new Map(state.registered).set(socket.id, { device, options, fourOnly }) };
  },
  receivers(state, packet, setting) {
    const device = packet.device ?? deviceOf(packet.to.address, setting);
    const lookups = lookupsOf(state, packet);
    if (packet.protocol === 'udp' && isForMany(packet, setting)) {
      const all = lookups.flatMap((sockets) => ofDevice(state, sockets, device));
      const ids = [...new Set(all.map(({ id }) => id))].toSorted((one, other) => one - other);
      return { outcomes: [ids.length === 0 ? 'silence' : ids], rule: rule['R4-many'] };
    }
    const first = lookups.find((sockets) => sockets.length > 0);
    if (first === undefined) return { outcomes: ['refused'], rule: rule['R5-no-one'] };
    const here = ofDevice(state, first, device);
    if (here.length === 0) return { outcomes: ['refused'], rule: rule['R2-device'] };
    return chosen(state, here);
  },
};

function isOverFour({ local = '', to }: Operation & { readonly op: 'connect' }): boolean {
  return !unmapped(to?.address ?? local).includes(':');
}

function registers(operation: Operation): boolean {
  return operation.op === 'bind' || operation.op === 'connect' || operation.op === 'disconnect';
}

/** The sockets that each lookup finds, the last registered first. TCP sockets are registered only if they listen. */
function lookupsOf(state: Demuxer, packet: Packet): readonly (readonly Receiver[])[] {
  const stack = stackOf(packet);
  const there = state.chain
    .map((id) => state.sockets.get(id))
    .filter((socket) => socket !== undefined)
    .filter((socket) => socket.protocol === 'udp' || socket.listening);
  const isPeer = ({ connected, peer }: Receiver) =>
    connected && peer[stack] === packet.from.address && peer.port === packet.from.port;
  const isOfFour = ({ id }: Receiver) => state.registered.get(id)?.fourOnly === true;
  const by = (names: readonly (string | undefined)[], wanted: (socket: Receiver) => boolean) =>
    there.filter((socket) => names.includes(socket[stack]) && wanted(socket) && (stack === 'v4' || !isOfFour(socket)));
  const isFree = ({ connected }: Receiver) => !connected;
  // A link-local address can be bound with its scope and without it.
  const own = [packet.to.address, destinationOf(packet)];
  return [by(own, isPeer), by([ANY], isPeer), by(own, isFree), by([ANY], isFree)];
}

function ofDevice(state: Demuxer, sockets: readonly Receiver[], device: string | undefined): readonly Receiver[] {
  const tie = ({ id }: Receiver) => state.registered.get(id)?.device;
  const tied = sockets.filter((socket) => tie(socket) !== undefined && tie(socket) === device);
  return tied.length > 0 ? tied : sockets.filter((socket) => tie(socket) === undefined);
}

function chosen(state: Demuxer, sockets: readonly Receiver[]): Receivers {
  const [last] = sockets;
  const optionsOf = ({ id }: Receiver) => state.registered.get(id)?.options ?? {};
  const shares = (socket: Receiver) => optionsOf(socket).reuseport === true && !socket.connected;
  const isUdp = last?.protocol === 'udp';
  const lastOnly = isUdp && sockets.every((socket) => optionsOf(socket).reuseaddr === true) && !sockets.every(shares);
  const those = last !== undefined && (lastOnly || sockets.length === 1) ? [last] : sockets;
  const by: RuleId = rule[sockets.length === 1 ? 'R1-lookups' : 'R3-hash'];
  return { outcomes: those.map((socket): Reception => [socket.id]), rule: by };
}
