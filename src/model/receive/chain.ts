import { canonical, isMulticast, unmapped } from '../address.ts';
import { isConnected } from '../bsd-scan.ts';
import { type Chain, toHead, without } from '../chain.ts';
import type { Rule } from '../rules.ts';
import type { NextSocket, Operation, RuleId, Setting } from '../types.ts';
import type { Socket } from '../world.ts';
import type { Delivery } from './delivery.ts';
import { takes } from './lists.ts';
import { destinationOf, stackOf } from './packet.ts';
import type { Receiver } from './receiver.ts';
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

/** How the receivers of a system follow its model of names. */
export interface Ways {
  /** Whether a socket is found under the name that it was bound to, even while it is connected from another address. */
  readonly keepsName?: true;
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
    after: (state, operation, _setting, now) => chainAfter(state, operation, now, ways),
    receivers(state, packet, setting) {
      if (packet.protocol === 'udp' && isForMany(packet, setting)) return many(state, packet);
      const [connected] = partners(state, packet);
      return connected === undefined ? choose(state, packet, setting) : one(connected, connectedRule);
    },
  };
}

/**
 * The chain after an operation. `now` is its socket after it, as the model of names has it. A TCP socket is in the chain
 * from bind() on, even if it does not listen.
 */
export function chainAfter(
  state: PortChain,
  operation: Operation,
  now: Socket | undefined,
  { keepsName }: Ways = {},
): PortChain {
  if (now === undefined) return removed(state, operation.socket);
  const before = state.sockets.get(now.id);
  if (operation.op === 'accept' || (before === undefined && now.accepted)) return state;
  const socket = receiving(before, operation, now, keepsName === true);
  const sockets = new Map(state.sockets).set(now.id, socket);
  const byBind = before === undefined ? toHead(state.byBind, now.id) : state.byBind;
  if (socket.v4 === undefined && socket.v6 === undefined)
    return { sockets, byBind, chain: without(state.chain, now.id) };
  return {
    sockets,
    byBind,
    chain: before === undefined || moves(operation) ? toHead(state.chain, now.id) : state.chain,
  };
}

/** Whether the operation puts a socket that is there already at the head of the hash chain. */
function moves({ op }: Operation): boolean {
  return op === 'connect' || op === 'disconnect';
}

function removed(state: PortChain, id: number): PortChain {
  const sockets = new Map(state.sockets);
  sockets.delete(id);
  return { sockets, chain: without(state.chain, id), byBind: without(state.byBind, id) };
}

/** The socket as the receivers see it. What only they know of it, its memberships, is taken from before the operation. */
function receiving(before: Receiver | undefined, operation: Operation, now: Socket, keepsName: boolean): Receiver {
  const name = keepsName ? now.bound : now.local;
  return {
    id: now.id,
    protocol: now.protocol,
    family: now.family,
    v6only: now.v6only,
    address: now.address,
    v4: name.v4,
    v6: name.v6,
    ...(keepsName ? { own: now.local } : {}),
    bound: now.address,
    uid: now.uid,
    domain: now.domain,
    device: now.device,
    options: now.options,
    connected: isConnected(now),
    listening: now.state === 'listening',
    autobound: now.autobound,
    peer: peerOf(now),
    deaf: before?.deaf === true || operation.op === 'shutdown',
    memberships: membershipsAfter(before?.memberships ?? [], operation),
    group: undefined,
  };
}

function peerOf({ peer }: Socket): Receiver['peer'] {
  if (peer === undefined) return {};
  const address = unmapped(canonical(peer.address).address);
  return { [address.includes(':') ? 'v6' : 'v4']: address, port: peer.port };
}

function membershipsAfter(memberships: Receiver['memberships'], operation: Operation): Receiver['memberships'] {
  if (operation.op === 'join') return [...memberships, { group: operation.group, device: operation.device }];
  return operation.op === 'leave' ? memberships.filter(({ group }) => group !== operation.group) : memberships;
}

/** The sockets of a list that are in the chain. */
export function listed(state: PortChain, list: readonly number[] = state.chain): readonly Receiver[] {
  return list
    .filter((id) => state.chain.includes(id))
    .map((id) => state.sockets.get(id))
    .filter((socket) => socket !== undefined);
}

/** The sockets that are connected to the sender, the newest first. */
export function partners(state: PortChain, packet: Packet): readonly Receiver[] {
  const stack = stackOf(packet);
  return listed(state).filter(
    (socket) =>
      socket.connected &&
      (socket.own ?? socket)[stack] === destinationOf(packet) &&
      socket.peer[stack] === packet.from.address &&
      socket.peer.port === packet.from.port,
  );
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
  if (!takes(socket[stack], packet)) return false;
  return !socket.connected || (socket.peer[stack] === packet.from.address && socket.peer.port === packet.from.port);
}

/** The socket that receives. `notListening` is what the client sees if it is a TCP socket that does not listen. */
export function one(socket: Receiver, rule: RuleId, notListening: 'refused' | 'no answer' = 'refused'): Receivers {
  const answers = socket.protocol === 'udp' || socket.listening;
  return { outcomes: [answers ? [socket.id] : notListening], rule };
}

/** Whether a socket is of AF_INET. */
export function isInet({ family }: Pick<NextSocket, 'family'>): boolean {
  return family === 'inet';
}
