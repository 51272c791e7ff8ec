import { isMulticast, isWildcard, unmapped } from '../address.ts';
import { type Chain, toHead, without } from '../chain.ts';
import { ANY } from '../overlap.ts';
import type { Rule } from '../rules.ts';
import type { NextSocket, Operation, RuleId, Setting } from '../types.ts';
import type { Delivery } from './delivery.ts';
import { onWildcard, type Receiver, receiverOf } from './receiver.ts';
import type { Packet, Receivers } from './types.ts';

/**
 * The lists that the BSDs and macOS search: the sockets of a port, in the order of the hash chain and in that of bind().
 * The newest is first in both.
 */
export interface PortChain {
  readonly sockets: ReadonlyMap<number, Receiver>;
  /** In the order in which the sockets were put into the chain; connect() and a disconnect do that again. */
  readonly chain: Chain;
  readonly byBind: Chain;
}

export const NO_CHAIN: PortChain = { sockets: new Map(), chain: [], byBind: [] };

/** How one of these systems differs from the others. */
export interface Ways {
  /** The socket after connect(). When left out, a wildcard takes the local address of the connection. */
  readonly connected?: (socket: Receiver, local: string) => Receiver;
  /** The socket after a disconnect, or null when it is in no chain any more. */
  readonly disconnected: (socket: Receiver, setting: Setting) => Receiver | null;
  /** The value of IPV6_V6ONLY on an AF_INET6 socket, by what was asked for; as asked for when left out. */
  readonly v6only?: (asked: boolean | undefined) => boolean;
}

/** A system that searches such lists. */
export interface ChainSystem extends Ways {
  readonly rules: readonly Rule[];
  /** The rule by which the socket that is connected to the sender receives. */
  readonly connectedRule: RuleId;
  /** Who receives a multicast or broadcast. */
  readonly many: (state: PortChain, packet: Packet) => Receivers | undefined;
  /** Who receives where no socket is connected to the sender; undefined where that is not known. */
  readonly choose: (state: PortChain, packet: Packet, setting: Setting) => Receivers | undefined;
}

/** How such a system chooses who receives. */
export function chainDelivery({ rules, connectedRule, many, choose, ...ways }: ChainSystem): Delivery<PortChain> {
  return {
    rules,
    start: NO_CHAIN,
    after: (state, operation, setting) => chainAfter(state, operation, setting, ways),
    receivers(state, packet, setting) {
      if (packet.protocol === 'udp' && isForMany(packet, setting)) return many(state, packet);
      const connected = partner(state, packet);
      return connected === undefined ? choose(state, packet, setting) : one(connected, connectedRule);
    },
  };
}

/** On these systems a second connect() disconnects first, so that a specific address is chosen again as well. */
function takesLocal(socket: Receiver, local: string): Receiver {
  return socket.connected || onWildcard(socket) ? { ...socket, ...only(local) } : socket;
}

/** The chain after an operation that succeeded. A TCP socket is in it from bind() on, even if it does not listen. */
export function chainAfter(state: PortChain, operation: Operation, setting: Setting, ways: Ways): PortChain {
  if (operation.op === 'accept') return state;
  const made = (next: NextSocket) => receiverOf(operation.socket, withV6only(next, ways));
  if (operation.op === 'bind') return inserted(state, made(operation));
  if (operation.op === 'connect' && operation.as !== undefined) {
    const bound = inserted(state, { ...made(operation.as), autobound: true });
    return connect(bound, operation, ways);
  }
  const socket = state.sockets.get(operation.socket);
  if (socket === undefined) return state;
  switch (operation.op) {
    case 'listen':
      return replaced(state, { ...socket, listening: true });
    case 'connect':
      return connect(state, operation, ways);
    case 'disconnect': {
      const left = socket.autobound ? null : ways.disconnected(socket, setting);
      if (left !== null) return { ...replaced(state, left), chain: toHead(state.chain, socket.id) };
      return { ...replaced(state, { ...socket, connected: false, peer: {} }), chain: without(state.chain, socket.id) };
    }
    case 'set': {
      const device = operation.device === undefined ? socket.device : (operation.device ?? undefined);
      return replaced(state, { ...socket, device, options: { ...socket.options, ...operation.options } });
    }
    case 'join': {
      const membership = { group: operation.group, device: operation.device };
      return replaced(state, { ...socket, memberships: [...socket.memberships, membership] });
    }
    case 'leave':
      return replaced(state, {
        ...socket,
        memberships: socket.memberships.filter(({ group }) => group !== operation.group),
      });
    case 'close': {
      const sockets = new Map(state.sockets);
      sockets.delete(socket.id);
      return { sockets, chain: without(state.chain, socket.id), byBind: without(state.byBind, socket.id) };
    }
    default:
      return state;
  }
}

function withV6only(next: NextSocket, { v6only }: Ways): NextSocket {
  return v6only === undefined || next.family === 'inet' ? next : { ...next, v6only: v6only(next.v6only) };
}

function inserted(state: PortChain, socket: Receiver): PortChain {
  return {
    sockets: new Map(state.sockets).set(socket.id, socket),
    chain: toHead(state.chain, socket.id),
    byBind: toHead(state.byBind, socket.id),
  };
}

function connect(state: PortChain, operation: Operation & { readonly op: 'connect' }, ways: Ways): PortChain {
  const socket = state.sockets.get(operation.socket);
  if (socket === undefined || socket.protocol === 'tcp') return state;
  const { local = '', to } = operation;
  const over = unmapped(to?.address ?? local).includes(':') ? 'v6' : 'v4';
  const now: Receiver = {
    ...(ways.connected ?? takesLocal)(socket, local),
    connected: true,
    peer: to === undefined ? {} : { [over]: unmapped(to.address), port: to.port },
  };
  return { ...replaced(state, now), chain: toHead(state.chain, socket.id) };
}

/** The name of a socket that has one address of one stack, or its wildcard, and takes nothing of the other stack. */
export function only(address: string): Pick<Receiver, 'address' | 'v4' | 'v6'> {
  const isFour = !unmapped(address).includes(':');
  const name = isWildcard(address) ? ANY : unmapped(address);
  return { address, v4: isFour ? name : undefined, v6: isFour ? undefined : name };
}

/** The sockets of a list that are in the chain. */
export function listed(state: PortChain, list: readonly number[] = state.chain): readonly Receiver[] {
  return list
    .filter((id) => state.chain.includes(id))
    .map((id) => state.sockets.get(id))
    .filter((socket) => socket !== undefined);
}

/** The socket that is connected to the sender. */
function partner(state: PortChain, packet: Packet): Receiver | undefined {
  const stack = stackOf(packet);
  return listed(state).find(
    (socket) =>
      socket.connected &&
      socket[stack] === packet.to.address &&
      socket.peer[stack] === packet.from.address &&
      socket.peer.port === packet.from.port,
  );
}

export function stackOf({ to }: Packet): 'v4' | 'v6' {
  return to.address.includes(':') ? 'v6' : 'v4';
}

/** Whether a packet goes to a group or a broadcast address. */
export function isForMany({ to }: Packet, { host }: Setting): boolean {
  const { address } = to;
  return isMulticast(address) || address === '255.255.255.255' || host?.broadcasts?.includes(address) === true;
}

/** The sockets without a peer whose name is exactly this address (or `ANY`), the newest first. */
export function unconnected(state: PortChain, packet: Packet, name: string): readonly Receiver[] {
  return listed(state).filter((socket) => !socket.connected && socket[stackOf(packet)] === name);
}

/** Whether a socket's local address and its peer, if it has one, let it take this packet. */
export function mayHear(socket: Receiver, packet: Packet): boolean {
  const stack = stackOf(packet);
  const name = socket[stack];
  if (name !== ANY && name !== packet.to.address) return false;
  return !socket.connected || (socket.peer[stack] === packet.from.address && socket.peer.port === packet.from.port);
}

/** The sockets that get a copy: all up to and including the first that has no option to share. */
export function untilUnshared(sockets: readonly Receiver[], rule: RuleId): Receivers {
  const last = sockets.findIndex(
    ({ options }) => options.reuseaddr !== true && options.reuseport !== true && options.reuseportLb !== true,
  );
  const taken = last < 0 ? sockets : sockets.slice(0, last + 1);
  const ids = taken.map(({ id }) => id).toSorted((first, second) => first - second);
  return { outcomes: [ids.length === 0 ? 'silence' : ids], rule };
}

/** The socket that receives. `notListening` is what the client sees if it is a TCP socket that does not listen. */
export function one(socket: Receiver, rule: RuleId, notListening: 'refused' | 'no answer' = 'refused'): Receivers {
  const answers = socket.protocol === 'udp' || socket.listening;
  return { outcomes: [answers ? [socket.id] : notListening], rule };
}

function replaced(state: PortChain, socket: Receiver): PortChain {
  return { ...state, sockets: new Map(state.sockets).set(socket.id, socket) };
}

/** Whether a socket is of AF_INET. */
export function isInet({ family }: Pick<NextSocket, 'family'>): boolean {
  return family === 'inet';
}
