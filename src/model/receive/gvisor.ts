import { canonical } from '../address.ts';
import type { Demuxer, RegisteredName } from '../gvisor-demuxer.ts';
import { keyOf, type Stacks } from '../gvisor-endpoint.ts';
import { LOAD_BALANCED, MOST_RECENT, shared } from '../gvisor-ports.ts';
import { ANY } from '../overlap.ts';
import { ruleBook } from '../rules.ts';
import { isForMany } from './chain.ts';
import type { WorldDelivery } from './delivery.ts';
import { deviceOf } from './device-of.ts';
import { stackOf } from './packet.ts';
import type { Setting } from '../types.ts';
import type { Packet, Reception } from './types.ts';

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
  'R5-other-device': {
    prose:
      'A packet from outside is taken only by the device that has its destination’s address; one that comes in by another device is dropped without an answer, as long as gVisor does not forward.',
    source: {
      name: 'gVisor, pkg/tcpip/network/ipv4/ipv4.go, pkg/tcpip/network/ipv6/ipv6.go',
      where: 'handleValidatedPacket',
    },
    known: 'observed',
  },
  'R5-shut-down': {
    prose:
      'A listener that was shut down stays registered, and refuses: in a group of SO_REUSEPORT it still gets its share of the connections.',
    source: { name: 'gVisor, pkg/tcpip/transport/tcp/endpoint.go', where: 'shutdownLocked of a listener' },
    known: 'observed',
  },
  'R5-no-one': {
    prose: 'Where no lookup has a socket, the sender gets an ICMP port unreachable, or a reset of TCP.',
    source: DEMUX,
    known: 'observed',
  },
});
const { id: rule } = gvisorReceiveRules;

/** Who receives on gVisor: it is chosen among the sockets that are registered for packets. */
export const gvisorDelivery: WorldDelivery<Stacks> = {
  rules: gvisorReceiveRules.rules,
  receivers({ hidden, setting, sockets }, packet) {
    const device = packet.device ?? deviceOf(packet.to.address, setting);
    const lookups = lookupsOf(hidden.demuxer, packet);
    if (packet.protocol === 'udp' && isForMany(packet, setting)) {
      const all = lookups.flatMap((groups) => ofDevice(groups, device)?.sockets ?? []);
      const ids = [...new Set(all)].toSorted((one, other) => one - other);
      return { outcomes: [ids.length === 0 ? 'silence' : ids], rule: rule['R4-many'] };
    }
    if (isDropped(packet, setting)) {
      return { outcomes: [packet.protocol === 'udp' ? 'silence' : 'no answer'], rule: rule['R5-other-device'] };
    }
    const first = lookups.find((groups) => groups.length > 0);
    if (first === undefined) return { outcomes: ['refused'], rule: rule['R5-no-one'] };
    const here = ofDevice(first, device);
    if (here === undefined) return { outcomes: ['refused'], rule: rule['R2-device'] };
    const isAlone = here.sockets.length === 1;
    const those = isAlone || !isLastOnly(here) ? here.sockets : here.sockets.slice(-1);
    const shutDown = new Set(sockets.filter(({ state }) => state === 'shut-down').map(({ id }) => id));
    const outcomes = those.toReversed().map((socket): Reception => (shutDown.has(socket) ? 'refused' : [socket]));
    const decides = isAlone ? (outcomes[0] === 'refused' ? 'R5-shut-down' : 'R1-lookups') : 'R3-hash';
    return { outcomes: [...new Set(outcomes)], rule: rule[decides] };
  },
};

/** Whether a packet from outside comes in by a device that does not have its destination's address. */
function isDropped({ device, from, to }: Packet, setting: Setting): boolean {
  const owner = deviceOf(to.address, setting);
  const isFromHere = deviceOf(from.address, setting) !== undefined;
  return device !== undefined && owner !== undefined && owner !== device && !isFromHere;
}

/** The groups of sockets that each lookup finds, one for each device. */
function lookupsOf(demuxer: Demuxer, packet: Packet): readonly Demuxer[] {
  const stack = stackOf(packet);
  const sender = keyOf(packet.from);
  const own = canonical(packet.to.address).address;
  const by = (local: string, peer: string | undefined) =>
    demuxer.filter((group) => group.stack === stack && group.local === local && group.peer === peer);
  return [by(own, sender), by(ANY, sender), by(own, undefined), by(ANY, undefined)];
}

function ofDevice(groups: Demuxer, device: string | undefined): RegisteredName | undefined {
  const tied = device === undefined ? undefined : groups.find((group) => group.device === device);
  return tied ?? groups.find((group) => group.device === undefined);
}

/** Whether SO_REUSEADDR decides among the sockets of a group: all have it, and not all SO_REUSEPORT. */
function isLastOnly({ references }: RegisteredName): boolean {
  const common = shared(references);
  return (common & MOST_RECENT) !== 0 && (common & LOAD_BALANCED) === 0;
}
