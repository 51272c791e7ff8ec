import { isLoopback4, isMapped, isWildcard, unmapped } from '../../model/address.ts';
import type { LabFacts } from '../../lab/lab.ts';
import { reached } from '../../plan/addresses.ts';
import type { Plan, SocketStep } from '../../plan/plan.ts';
import { devicePair } from '../axes.ts';
import { makingOfSpec } from '../pair.ts';
import type { Spec } from '../sockets.ts';
import type { ReceiverCorner, ReceiverState } from './axes.ts';
import type { Way } from './ways.ts';

/** The addresses that sockets of a lab are connected to. */
export type Peers = Pick<LabFacts, 'addresses'>;

/** The port of all peers in plans; whoever makes the pairs takes another. */
const PLAN_PEER_PORT = 1025;

/** The connection of a socket: the peer's address in the form that the socket uses, and its own. */
export interface PairConnection {
  readonly to: string;
  readonly local: string;
}

/** The connection of a socket in its state; undefined when it has none, or the lab has no such peer. */
export function pairConnectionOf(
  { name }: Spec,
  state: ReceiverState,
  { addresses }: Peers,
): PairConnection | undefined {
  const { connected, family } = name;
  const stack = isMapped(connected) || family === 'inet' ? 'inet' : 'inet6';
  const own = addresses[stack];
  const at = (address: string) => reached({ family }, address);
  if (state === 'connected') {
    const address = unmapped(connected);
    const to = isLoopback4(address) || address === '::1' ? own.loopback : own.external;
    return to === undefined ? undefined : { to: at(to), local: connected };
  }
  if (state !== 'connected-out' || own.neighbour === undefined || own.external === undefined) return undefined;
  return { to: at(own.neighbour), local: isWildcard(unmapped(name.address)) ? at(own.external) : name.address };
}

/**
 * The steps that make one of the two sockets of a pair.
 * @throws RangeError when the lab has no peer for its state; see `pairConnectionOf`.
 */
export function socketSteps(spec: Spec, place: 'first' | 'second', corner: ReceiverCorner, peers: Peers): SocketStep[] {
  const [index, socket] = place === 'first' ? ([0, 1] as const) : ([1, 2] as const);
  const owner = place === 'second' && corner.uid === 'different' ? 2 : 1;
  const making = makingOfSpec(spec, owner, devicePair(corner.devices)[index]);
  const bound: SocketStep = { op: 'bind', socket, makes: making, address: spec.name.address };
  const state = corner.states[index];
  if (state === 'bound') return [bound];
  if (state === 'listening') return [bound, { op: 'listen', socket }];
  const connection = pairConnectionOf(spec, state, peers);
  if (connection === undefined) throw new RangeError(`there is no peer for '${spec.name.text}' to be ${state}`);
  return [bound, { op: 'connect', socket, to: unmapped(connection.to), port: PLAN_PEER_PORT }];
}

/** The steps of a pair as a plan, and the probe of a way, if one is given. */
export function receiverPlan(corner: ReceiverCorner, first: Spec, second: Spec, peers: Peers, way?: Way): Plan {
  const sockets = [...socketSteps(first, 'first', corner, peers), ...socketSteps(second, 'second', corner, peers)];
  if (way === undefined) return { protocol: corner.protocol, steps: sockets };
  const { host, from, port, to } = way;
  const source = {
    address: from,
    ...(host === 'neighbour' ? ({ owner: 'neighbour' } as const) : {}),
    ...(port === 'peer' ? { port: PLAN_PEER_PORT } : {}),
  };
  return { protocol: corner.protocol, steps: [...sockets, { op: 'probe', to, from: source }] };
}
