import { isMulticast, unmapped } from '../address.ts';
import { ANY } from '../overlap.ts';
import type { NextSocket, Operation, RuleId, Setting } from '../types.ts';
import type { Packet, Receivers } from './types.ts';
import { type Receiver, receiverOf } from './receiver.ts';

/**
 * The lists that the BSDs and macOS search: the sockets of a port, in the order of the hash chain and in that of bind().
 * The newest is first in both.
 */
export interface PortChain {
  readonly sockets: ReadonlyMap<number, Receiver>;
  /** In the order in which the sockets were put into the chain; connect() and a disconnect do that again. */
  readonly chain: readonly number[];
  readonly byBind: readonly number[];
}

export const NO_CHAIN: PortChain = { sockets: new Map(), chain: [], byBind: [] };

/** How one of these systems differs from the others. */
export interface Ways {
  /** The socket after connect(). */
  connected(socket: Receiver, local: string): Receiver;
  /** The socket after a disconnect, or null when it is in no chain any more. */
  disconnected(socket: Receiver, setting: Setting): Receiver | null;
}

/** The chain after an operation that succeeded. A TCP socket is in it from bind() on, even if it does not listen. */
export function chainAfter(state: PortChain, operation: Operation, setting: Setting, ways: Ways): PortChain {
  if (operation.op === 'accept') return state;
  if (operation.op === 'bind') return inserted(state, receiverOf(operation.socket, operation));
  if (operation.op === 'connect' && operation.as !== undefined) {
    const bound = inserted(state, { ...receiverOf(operation.socket, operation.as), autobound: true });
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
      if (left !== null) return { ...replaced(state, left), chain: [socket.id, ...without(state.chain, socket.id)] };
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

function inserted(state: PortChain, socket: Receiver): PortChain {
  return {
    sockets: new Map(state.sockets).set(socket.id, socket),
    chain: [socket.id, ...state.chain],
    byBind: [socket.id, ...state.byBind],
  };
}

function connect(state: PortChain, operation: Operation & { readonly op: 'connect' }, ways: Ways): PortChain {
  const socket = state.sockets.get(operation.socket);
  if (socket === undefined || socket.protocol === 'tcp') return state;
  const { local = '', to } = operation;
  const over = unmapped(to?.address ?? local).includes(':') ? 'v6' : 'v4';
  const now: Receiver = {
    ...ways.connected(socket, local),
    connected: true,
    peer: to === undefined ? {} : { [over]: unmapped(to.address), port: to.port },
  };
  return { ...replaced(state, now), chain: [socket.id, ...without(state.chain, socket.id)] };
}

/** The name of a socket that has one address of one stack, or its wildcard, and takes nothing of the other stack. */
export function only(address: string): Pick<Receiver, 'address' | 'v4' | 'v6'> {
  const isFour = !unmapped(address).includes(':');
  const name = address === '0.0.0.0' || address === '::' || unmapped(address) === '0.0.0.0' ? ANY : unmapped(address);
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
export function partner(state: PortChain, packet: Packet): Receiver | undefined {
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

function without(list: readonly number[], gone: number): readonly number[] {
  return list.filter((id) => id !== gone);
}

/** Whether a socket is of AF_INET. */
export function isInet({ family }: Pick<NextSocket, 'family'>): boolean {
  return family === 'inet';
}
