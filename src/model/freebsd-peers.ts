import { canonical, isLimitedBroadcast, isMapped, isMulticast, isWildcard } from './address.ts';
import { decide } from './decide.ts';
import { isOlder, type PortLists } from './freebsd-lists.ts';
import { freebsdRules } from './freebsd-rules.ts';
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
  const early =
    beforeNames(world, socket) ??
    (isLate ? undefined : peer) ??
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
export function judgeSend(_world: Here, socket: Socket, { to, stack }: Target): Prediction | undefined {
  const isSix = socket.family === 'inet6';
  const isLost = isSix && stack === 'v4' && (socket.v6only || (socket.formerly ?? socket.local).v4 === undefined);
  if (isLost) return decide('EINVAL', id['send-name']);
  if (to?.port === 0 && ((isSix && stack === 'v6') || !hasPeer(socket))) {
    return decide('EADDRNOTAVAIL', id['send-name']);
  }
  return hasPeer(socket) ? decide('EISCONN', id['connected-sendto']) : undefined;
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
  if (socket.state !== 'bound') return decide('EISCONN', id['connect-again']);
  return isReleased(socket) ? decide('ECONNREFUSED', id.reset) : undefined;
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
