import { canonical, endsInZero, isLimitedBroadcast, isMapped, isMulticast, isWildcard } from './address.ts';
import { decide } from './decide.ts';
import { isOlder, type PortLists } from './freebsd-lists.ts';
import { freebsdRules } from './freebsd-rules.ts';
import { ANY } from './overlap.ts';
import { pairTaken, wrongStack } from './peers.ts';
import { hasPeer, isReleased } from './socket.ts';
import type { Outcome, Prediction } from './types.ts';
import type { Socket, Target, World } from './world.ts';

const { id } = freebsdRules;

type Here = World<PortLists>;

/** What connect() returns on FreeBSD; undefined where nothing stands in its way. */
export function judgeConnect(world: Here, socket: Socket, target: Target): Prediction | undefined {
  const { to } = target;
  const peer = judgePeer(socket, target);
  const isLate = to !== undefined && isMapped(canonical(to.address).address);
  const plain = isLate ? undefined : peer;
  const early =
    beforeNames(world, socket) ??
    ofReset(world, socket, plain?.outcomes) ??
    plain ??
    ofListener(world, socket) ??
    otherStack(socket, target) ??
    peer;
  if (early !== undefined) return early;
  if (isBalancedTcp(socket) && !isOlder(world, 15, 0)) return decide('EOPNOTSUPP', id['connect-lb-15']);
  if (to?.port === 0) return decide('EADDRNOTAVAIL', id['connect-name']);
  if (to !== undefined && !isOlder(world, 15, 0) && isNoHost(to.address)) {
    return decide('ENETUNREACH', id['connect-no-host-15']);
  }
  return pairTaken(world, socket, target) ? decide('EADDRINUSE', id['connect-same-peer']) : undefined;
}

/** What sendto() with an address returns on a UDP socket. */
export function judgeSend(world: Here, socket: Socket, target: Target): Prediction | undefined {
  const { to, stack } = target;
  if (socket.family === 'inet6' && stack === 'v4' && socket.v6only) return decide('EINVAL', id['send-name']);
  const isSix = socket.family === 'inet6' && stack === 'v6';
  if (isSix && to?.port === 0) return decide('EADDRNOTAVAIL', id['send-name']);
  if (hasPeer(socket)) return decide('EISCONN', id['connected-sendto']);
  if (isSix || to === undefined || !isOlder(world, 15, 0)) return undefined;
  const source = sourceOf(socket);
  if (source !== ANY && !isNoHost(to.address)) return undefined;
  if (to.port === 0) return decide('EADDRNOTAVAIL', id['send-name']);
  const sender: Socket = { ...socket, local: { v4: source, v6: undefined }, formerly: undefined };
  return pairTaken(world, sender, target) ? decide('EADDRINUSE', id['send-same-peer-14']) : undefined;
}

/** The IPv4 address of a socket. For one in IPv6 that is the last 32 bits of its address there: no address, or none of the machine's. */
function sourceOf({ formerly, local }: Socket): string {
  const { v4, v6 = ANY } = formerly ?? local;
  return v4 ?? (endsInZero(v6) ? ANY : v6);
}

/** Whether connect() returned the error before the socket has taken on the stack of its peer. */
export function isEarly(socket: Socket, outcome: Outcome): boolean {
  // Since 15 a socket with SO_REUSEPORT_LB is refused only after that.
  if (outcome === 'EOPNOTSUPP' && socket.state === 'bound' && isBalancedTcp(socket)) return false;
  return EARLY.has(outcome);
}

function isBalancedTcp({ protocol, options }: Socket): boolean {
  return protocol === 'tcp' && options.reuseportLb === true;
}

const EARLY: ReadonlySet<Outcome> = new Set(['EACCES', 'EAFNOSUPPORT', 'EINVAL', 'EISCONN', 'EOPNOTSUPP']);

const LISTENER_15: readonly Outcome[] = ['EOPNOTSUPP', 'EINVAL'];

/** What connect() returns by the state of a TCP socket, before it looks at the peer. */
export function beforeNames(world: Here, socket: Socket): Prediction | undefined {
  if (socket.protocol === 'udp') return undefined;
  if (socket.state === 'listening')
    return isOlder(world, 14, 0) ? decide('EOPNOTSUPP', id['connect-again']) : undefined;
  return socket.state === 'bound' ? undefined : decide('EISCONN', id['connect-again']);
}

/**
 * What connect() returns on a socket whose connection was reset. Since 14.3 that is judged first, and in 13 the name was.
 * @param byName what it would return for the peer's name
 */
export function ofReset(world: Here, socket: Socket, byName: readonly Outcome[] = []): Prediction | undefined {
  if (!isReleased(socket)) return undefined;
  if (byName.length === 0 || !isOlder(world, 14, 3)) return decide('ECONNREFUSED', id.reset);
  return isOlder(world, 14, 0) ? undefined : decide([...byName, 'ECONNREFUSED'], id.reset);
}

/** What TCP says of groups and of 255.255.255.255. A v4-mapped one is looked at after the stacks. */
function judgePeer({ protocol }: Socket, { to }: Target): Prediction | undefined {
  if (protocol === 'udp' || to === undefined) return undefined;
  const { address } = canonical(to.address);
  if (isMulticast(address)) return decide('EAFNOSUPPORT', id['connect-name']);
  return isLimitedBroadcast(address) ? decide('EACCES', id['connect-name']) : undefined;
}

function ofListener(world: Here, { state, family }: Socket): Prediction | undefined {
  if (state !== 'listening') return undefined;
  if (family === 'inet') return decide('EOPNOTSUPP', id['connect-again']);
  return decide(isOlder(world, 15, 0) ? 'EINVAL' : LISTENER_15, id['connect-listener-15']);
}

function otherStack(socket: Socket, target: Target): Prediction | undefined {
  if (!wrongStack(socket, target)) return undefined;
  const invalid = socket.v6only && target.stack === 'v4';
  return decide(invalid ? 'EINVAL' : 'EAFNOSUPPORT', id['connect-other-stack']);
}

function isNoHost(text: string): boolean {
  const { address } = canonical(text);
  return isWildcard(address) || isLimitedBroadcast(address);
}
