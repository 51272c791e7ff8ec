import { isLoopback4, unmapped } from '../../model/address.ts';
import type { Protocol } from '../../model/types.ts';
import { NO_DEVICES, PROTOCOLS, UIDS, type Uid } from '../axes.ts';
import { BadSelection, chosen, type Asked } from '../selection.ts';
import type { Spec } from '../sockets.ts';

/**
 * The states of a socket of this block. `connected` is connected to a peer on the machine, and `connected-out` to the
 * neighbour.
 */
const RECEIVER_STATES = {
  udp: ['bound', 'connected', 'connected-out'],
  tcp: ['bound', 'listening'],
} as const satisfies Record<Protocol, readonly string[]>;
export type ReceiverState = (typeof RECEIVER_STATES)[Protocol][number];

/** One value of each axis except the sockets. */
export interface ReceiverCorner {
  readonly protocol: Protocol;
  /** The states of both sockets when the probes arrive. Each is in its state before the next is bound. */
  readonly states: readonly [first: ReceiverState, second: ReceiverState];
  /** The owner of the second socket. */
  readonly uid: Uid;
  readonly devices: string;
}

/** The states in which both sockets are also tied to devices, by protocol. */
const DEVICE_STATES = { udp: 'bound/bound', tcp: 'listening/listening' } as const;

/** The states of a pair as the command line spells them: the first, a slash, the second. */
export function spellStates([first, second]: ReceiverCorner['states']): string {
  return `${first}/${second}`;
}

function statesOf(protocol: Protocol): ReceiverCorner['states'][] {
  const states: readonly ReceiverState[] = RECEIVER_STATES[protocol];
  return states.flatMap((first) => states.map((second) => [first, second] as const));
}

/** The values of the axis of devices, with all interfaces of the lab that are known. */
export function receiverDevices(interfaces: readonly string[]): string[] {
  const devices = ['none', 'lo', ...interfaces];
  return devices.flatMap((first) => devices.map((second) => `${first}/${second}`));
}

/**
 * The corners that were asked for. As in the rest of the matrix, pairs with devices have one state and one owner.
 * @throws BadSelection for an unknown value, and for values that exclude each other.
 */
export function receiverCorners(asked: Asked, devices: readonly string[]): ReceiverCorner[] {
  const protocols = chosen('protocol', asked.protocol, PROTOCOLS);
  const all = [...new Set(PROTOCOLS.flatMap((protocol) => statesOf(protocol).map(spellStates)))];
  const states = chosen('state', asked.state, all);
  const uids = chosen('uid', asked.uid, UIDS);
  const isOfPairs = asked.first !== undefined || asked.second !== undefined;
  const tied = asked.devices === undefined && isOfPairs ? [NO_DEVICES] : chosen('devices', asked.devices, devices);
  const possible = protocols.flatMap((protocol) =>
    statesOf(protocol)
      .filter((pair) => states.includes(spellStates(pair)))
      .map((pair) => ({ protocol, states: pair })),
  );
  if (possible.length === 0) {
    throw new BadSelection(
      `no ${protocols.join(' or ')} pair is ${states.join(' or ')}: it is one of ${protocols.flatMap(statesOf).map(spellStates).join(', ')}`,
    );
  }
  const corners = possible.flatMap((one) =>
    uids.flatMap((uid) => tied.map((pair): ReceiverCorner => ({ ...one, uid, devices: pair }))),
  );
  const sensible = corners.filter(
    ({ protocol, states: pair, uid, devices: value }) =>
      value === NO_DEVICES || (uid === 'same' && spellStates(pair) === DEVICE_STATES[protocol]),
  );
  if (sensible.length === 0) {
    throw new BadSelection(
      `pairs with devices are of one user, and ${DEVICE_STATES.udp} or ${DEVICE_STATES.tcp}: ask for these, or leave out --devices`,
    );
  }
  return sensible;
}

/** Whether a socket of that name can be in a state. An address of the loopback network has no way to the neighbour. */
export function canBe(state: ReceiverState, { name }: Spec): boolean {
  const own = unmapped(name.address);
  if (state === 'connected-out') return !isLoopback4(own) && own !== '::1';
  return state === 'connected' || name.connectedOnly !== true;
}
