import { ANY } from '../overlap.ts';
import { ruleBook } from '../rules.ts';
import type { Operation, RuleId } from '../types.ts';
import { chainAfter, isForMany, NO_CHAIN, stackOf, type PortChain } from './chain.ts';
import type { Delivery } from './delivery.ts';
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

/**
 * The sockets, and the device under which each is registered. A tie that is set after bind() takes effect at the next
 * connect or disconnect.
 */
interface Demuxer extends PortChain {
  readonly registered: ReadonlyMap<number, string | undefined>;
}

/** Who receives on gVisor. */
export const gvisorDelivery: Delivery<Demuxer> = {
  rules: gvisorReceiveRules.rules,
  start: { ...NO_CHAIN, registered: new Map() },
  after(state, operation, _setting, now) {
    const next = chainAfter(state, operation, now, { keepsName: true });
    const device = registers(operation) ? next.sockets.get(operation.socket)?.device : undefined;
    const registered = registers(operation)
      ? new Map(state.registered).set(operation.socket, device)
      : state.registered;
    return { ...next, registered };
  },
  receivers(state, packet, setting) {
    const lookups = lookupsOf(state, packet);
    if (packet.protocol === 'udp' && isForMany(packet, setting)) {
      const all = lookups.flatMap((sockets) => ofDevice(state, sockets, packet.device));
      const ids = [...new Set(all.map(({ id }) => id))].toSorted((one, other) => one - other);
      return { outcomes: [ids.length === 0 ? 'silence' : ids], rule: rule['R4-many'] };
    }
    const first = lookups.find((sockets) => sockets.length > 0);
    if (first === undefined) return { outcomes: ['refused'], rule: rule['R5-no-one'] };
    const here = ofDevice(state, first, packet.device);
    if (here.length === 0) return { outcomes: ['refused'], rule: rule['R2-device'] };
    return chosen(here);
  },
};

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
  const by = (name: string, wanted: (socket: Receiver) => boolean) =>
    there.filter((socket) => socket[stack] === name && wanted(socket));
  const isFree = ({ connected }: Receiver) => !connected;
  const { address } = packet.to;
  return [by(address, isPeer), by(ANY, isPeer), by(address, isFree), by(ANY, isFree)];
}

function ofDevice(state: Demuxer, sockets: readonly Receiver[], device: string | undefined): readonly Receiver[] {
  const tie = ({ id }: Receiver) => state.registered.get(id);
  const tied = sockets.filter((socket) => tie(socket) !== undefined && tie(socket) === device);
  return tied.length > 0 ? tied : sockets.filter((socket) => tie(socket) === undefined);
}

function chosen(sockets: readonly Receiver[]): Receivers {
  const [last] = sockets;
  const shares = ({ options, connected }: Receiver) => options.reuseport === true && !connected;
  const isUdp = last?.protocol === 'udp';
  const lastOnly = isUdp && sockets.every(({ options }) => options.reuseaddr === true) && !sockets.every(shares);
  const those = last !== undefined && (lastOnly || sockets.length === 1) ? [last] : sockets;
  const by: RuleId = rule[sockets.length === 1 ? 'R1-lookups' : 'R3-hash'];
  return { outcomes: those.map((socket): Reception => [socket.id]), rule: by };
}
