import { hasPortSearch, isBefore, type Kernel } from '../linux-kernel.ts';
import { isLoopback4, isMulticast } from '../address.ts';
import { ANY } from '../overlap.ts';
import type { RuleId, Setting } from '../types.ts';
import { deviceOf } from './device-of.ts';
import { linuxReceiveRules } from './linux-rules.ts';
import { groupOf, hasFourTuples, type Lists, udpSocketsOf } from './linux-state.ts';
import { anyResultOf, fits, receivedBy, walk, walkPort } from './linux-walk.ts';
import { listOf, type Receiver } from './receiver.ts';
import type { Packet, Receivers, Reception } from './types.ts';

const { id: rule } = linuxReceiveRules;

/** With more sockets than this on a port, early demultiplexing does not look for a multicast receiver. */
const LONG = 10;

/** A packet, with all data that the choice needs. */
interface Incoming extends Omit<Packet, 'device'>, OfAddresses {
  readonly device: string | undefined;
  readonly kernel: Kernel;
  readonly setting: Setting;
}

/**
 * Who receives a packet on Linux. The device that a socket is tied to is compared with the device by which the packet
 * arrives. That is the device that has the destination address, even if the sender is on the same machine. If the setting
 * does not name it, every possible device is tried.
 */
export function receiversOf(lists: Lists, packet: Packet, kernel: Kernel, setting: Setting): Receivers {
  const device = packet.device ?? deviceOf(packet.to.address, setting);
  const addresses = ofAddresses(packet, setting);
  const by = (arrives: string | undefined) =>
    choose(lists, {
      protocol: packet.protocol,
      from: packet.from,
      to: packet.to,
      six: addresses.six,
      outside: addresses.outside,
      many: addresses.many,
      device: arrives,
      kernel,
      setting,
    });
  const likeliest = by(device);
  const others = device === undefined ? tiesOf(lists).map((tie) => by(tie)) : [];
  return others.length === 0 ? likeliest : anyResultOf([likeliest, ...others]);
}

const knownTies = new WeakMap<Lists, readonly string[]>();

/** The devices to which sockets are tied. */
function tiesOf(lists: Lists): readonly string[] {
  const there = knownTies.get(lists);
  if (there !== undefined) return there;
  const devices = [...lists.sockets.values()].map(({ device }) => device);
  const ties = [...new Set(devices)].filter((device) => device !== undefined);
  knownTies.set(lists, ties);
  return ties;
}

/** What the addresses of a packet say of it. */
interface OfAddresses {
  readonly six: boolean;
  /** Whether another machine sent it. */
  readonly outside: boolean;
  readonly many: 'multicast' | 'broadcast' | undefined;
}

const knownAddresses = new WeakMap<Setting, Map<string, OfAddresses>>();

function ofAddresses({ from, to }: Packet, setting: Setting): OfAddresses {
  let known = knownAddresses.get(setting);
  if (known === undefined) {
    known = new Map();
    knownAddresses.set(setting, known);
  }
  const key = `${from.address} ${to.address}`;
  let found = known.get(key);
  if (found === undefined) {
    const six = to.address.includes(':');
    const isBroad = !six && (to.address === '255.255.255.255' || isBroadcast(to.address, setting));
    const many = isMulticast(to.address) ? 'multicast' : isBroad ? 'broadcast' : undefined;
    found = { six, outside: !isMachines(from.address, setting), many };
    known.set(key, found);
  }
  return found;
}

function isMachines(address: string, { host }: Setting): boolean {
  if (isLoopback4(address) || address === '::1') return true;
  return [host?.addresses ?? [], ...Object.values(host?.devices ?? {})].some((own) => own.includes(address));
}

function choose(lists: Lists, packet: Incoming): Receivers {
  if (packet.protocol === 'tcp') return listener(lists, packet);
  if (packet.many === 'multicast') return everyMember(lists, packet);
  if (packet.many === 'broadcast') return copies(wanting(lists, packet), rule['R8-broadcast']);
  return datagram(lists, packet);
}

function isBroadcast(address: string, { host }: Setting): boolean {
  return host?.broadcasts?.includes(address) === true;
}

// ---- One UDP receiver

function datagram(lists: Lists, packet: Incoming): Receivers {
  const own = at(lists, packet.to.address);
  const [head] = own;
  if (packet.outside && head !== undefined && isPartner(head, packet)) return early(head, packet);
  if (hasFourTuples(packet.kernel)) {
    const partner = lists.fourTuples
      .filter(({ key }) => key === `${packet.to.address} ${packet.from.address} ${packet.from.port}`)
      .map(({ id }) => lists.sockets.get(id))
      .find((socket) => socket !== undefined && isPartner(socket, packet));
    if (partner !== undefined) return receivedBy(partner, rule['R1-four-tuple']);
  }
  const found =
    walk(lists, own, packet, packet.to.address) ??
    walk(lists, at(lists, ANY), packet, ANY) ??
    (hasPortSearch(packet.kernel) ? walkPort(lists, packet, packet.to.address) : undefined);
  return found ?? { outcomes: ['refused'], rule: rule['R7-no-one'] };
}

function at(lists: Lists, address: string): readonly Receiver[] {
  const found: Receiver[] = [];
  for (const id of lists.byAddress) {
    const socket = lists.sockets.get(id);
    if (socket !== undefined && listOf(socket) === address) found.push(socket);
  }
  return found;
}

/**
 * A socket that gets a datagram early. An IPv6 datagram is lost if the socket has kept the route of an IPv4 one; whether one
 * arrived is not known here.
 */
function early(socket: Receiver, { six }: Incoming): Receivers {
  const isStale = six && socket.early4 === true;
  return isStale
    ? { outcomes: [[socket.id], 'silence'], rule: rule['R15-stale-route'] }
    : receivedBy(socket, rule['R2-early-demux']);
}

/** Whether a socket is connected to the sender, and has the destination as its local address. */
function isPartner(socket: Receiver, { six, to, from, device }: Incoming): boolean {
  const { connected, peer } = socket;
  return (
    connected &&
    (six
      ? socket.v6 === to.address && peer.v6 === from.address
      : socket.v4 === to.address && peer.v4 === from.address) &&
    peer.port === from.port &&
    fits(socket, device)
  );
}

// ---- Every receiver

function copies(sockets: readonly Receiver[], by: RuleId): Receivers {
  return { outcomes: [sockets.length === 0 ? 'silence' : sockets.map(({ id }) => id)], rule: by };
}

function everyMember(lists: Lists, packet: Incoming): Receivers {
  const wanted = wanting(lists, packet).filter((socket) => hears(socket, packet));
  const [only] = wanted;
  const all = copies(wanted, rule['R9-multicast']);
  if (packet.six || !packet.outside || only === undefined || wanted.length > 1 || lists.sockets.size > LONG) return all;
  const group = only.options.reuseport === true && !only.connected ? groupOf(lists, only) : undefined;
  const members = group?.members.filter((id) => lists.sockets.get(id)?.connected === false) ?? [];
  if (members.length < 2) return all;
  const chosen: readonly Reception[] = members.map((id) => [id]);
  // This was observed on 6.18. The behaviour of earlier kernels is not known.
  if (isBefore(packet.kernel, [6, 18, 0])) return { outcomes: [...all.outcomes, ...chosen], rule: all.rule };
  return { outcomes: chosen, rule: rule['R10-lone-multicast'] };
}

/**
 * The sockets that take a packet to a broadcast or group address, in the order of bind(). Memberships are not considered
 * here.
 */
function wanting(lists: Lists, packet: Incoming): readonly Receiver[] {
  const { to, from, six, device } = packet;
  return udpSocketsOf(lists)
    .filter((socket) => {
      const address = six ? socket.v6 : socket.v4;
      const sender = six ? socket.peer.v6 : socket.peer.v4;
      return (
        (address === ANY || address === to.address) &&
        (sender === undefined || sender === from.address) &&
        (socket.peer.port === undefined || socket.peer.port === from.port) &&
        fits(socket, device)
      );
    })
    .toSorted((socket, other) => socket.id - other.id);
}

function hears(socket: Receiver, { to, six, device }: Incoming): boolean {
  const joined = socket.memberships.some(
    (member) => member.group === to.address && (six || member.device === undefined || member.device === device),
  );
  if (joined) return true;
  return six ? socket.options.multicastAll6 !== false : (socket.options.multicastAll ?? socket.family === 'inet');
}

// ---- TCP

function listener(lists: Lists, packet: Incoming): Receivers {
  const found = listening(lists, packet, packet.to.address) ?? listening(lists, packet, ANY);
  if (found !== undefined) return found;
  // There is no route for a reset to ::1 from an address of another device.
  const lost = packet.six && packet.from.address === '::1' && packet.device !== 'lo';
  return lost
    ? { outcomes: ['no answer'], rule: rule['R12-no-way-back'] }
    : { outcomes: ['refused'], rule: rule['R7-no-one'] };
}

function listening(lists: Lists, packet: Incoming, address: string): Receivers | undefined {
  let best: { socket: Receiver; score: number } | undefined;
  for (const socket of at(lists, address)) {
    const name = packet.six ? socket.v6 : socket.v4;
    if (name !== address || !fits(socket, packet.device)) continue;
    const score = (socket.device === undefined ? 1 : 2) + (!packet.six && socket.family === 'inet' ? 1 : 0);
    if (best !== undefined && score <= best.score) continue;
    const members = socket.options.reuseport === true ? groupOf(lists, socket)?.members : undefined;
    if (members !== undefined && members.length > 0) return answers(lists, members, packet, rule['R4-group']);
    best = { socket, score };
  }
  return best && answers(lists, [best.socket.id], packet, rule['R11-listener']);
}

/**
 * What the client of a listener sees. It gets no connection if the listener is tied to another device, or has no route back
 * to the client.
 */
function answers(lists: Lists, chosen: readonly number[], packet: Incoming, by: RuleId): Receivers {
  let decided = by;
  const outcomes = chosen.flatMap((id): readonly Reception[] => {
    const socket = lists.sockets.get(id);
    if (socket === undefined || socket.device === undefined) return [[id]];
    if (socket.device !== packet.device) {
      decided = rule['R13-tied-late'];
      return ['no answer', 'reset'];
    }
    if (packet.outside || isOn(packet.from.address, socket.device, packet.setting)) return [[id]];
    decided = rule['R12-no-way-back'];
    return ['no answer'];
  });
  return { outcomes, rule: decided };
}

/** Whether a device has a route for an answer to an address of the machine; lo has one to every IPv4 address. */
function isOn(address: string, device: string, setting: Setting): boolean {
  if (device === 'lo' && !address.includes(':')) return true;
  return (deviceOf(address, setting) ?? device) === device;
}
