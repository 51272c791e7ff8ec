import { OPTIONS } from '../model/options.ts';
import type { Protocol } from '../model/types.ts';
import type { BatchKind, Operation, SocketType } from '../protocol/messages.ts';
import { reached } from './addresses.ts';
import { cNameOf } from './words.ts';
import { BadPlan } from './bad-plan.ts';
import { hasInetForm, makingOf, protocolOf, type Making, type SetOption, type SocketStep } from './plan.ts';

/** The backlog of a listener; listeners are made by the thousand. */
const BACKLOG = 8;

/** The type of a protocol's sockets. */
export function typeOf(protocol: Protocol): SocketType {
  return protocol === 'udp' ? 'dgram' : 'stream';
}

/** The operations of an agent that make a socket: socket() and its options. `protocol` is the plan's. */
export function makingCalls(as: string, making: Making, protocol: Protocol): Operation[] {
  const type = typeOf(protocolOf(making, protocol));
  return [
    { op: 'socket', as, family: making.family, type },
    // Each entry has a value of the kind that its option takes.
    ...settings(making).map(([option, value]) => ({ op: 'setsockopt', on: as, option, value }) as Operation),
  ];
}

function setting(on: string, option: SetOption, value: boolean): Operation {
  return { op: 'setsockopt', on, option: cNameOf(option), value: value ? 1 : 0 };
}

function tying(on: string, device: string | null): Operation {
  return { op: 'setsockopt', on, option: 'SO_BINDTODEVICE', value: device ?? '' };
}

/** The IPv4 address and the index of each interface, by its name: what joining a group takes. */
export type Devices = Readonly<Record<string, { readonly address?: string; readonly index?: number }>>;

/** A step on a socket that is there, in which no other process takes part. */
export type OwnStep = Extract<
  SocketStep,
  { op: 'set' | 'join' | 'leave' | 'listen' | 'shutdown' | 'disconnect' | 'close' }
>;

/**
 * The call of a step on a socket that is there, in which no other process takes part. A close() does not reset a
 * connection.
 */
export function callOf(on: string, step: OwnStep, devices: Devices = {}): Operation {
  if (step.op === 'join' || step.op === 'leave') return membership(on, step, devices);
  if (step.op === 'set') return 'device' in step ? tying(on, step.device) : setting(on, step.option, step.value);
  return step.op === 'shutdown' ? { op: step.op, on, how: 'both' } : { op: step.op, on };
}

/** At these the system chooses the interface. */
const ANY_INTERFACE = { address: '0.0.0.0', index: 0 };

/**
 * The call that joins or leaves a group.
 * @throws BadPlan for a device that is not one of the machine's
 */
function membership(
  on: string,
  { op, group, device }: Extract<SocketStep, { op: 'join' | 'leave' }>,
  devices: Devices,
): Operation {
  const { address, index } = device === undefined ? ANY_INTERFACE : (devices[device] ?? {});
  const at = hasInetForm(group) ? address : index;
  if (at === undefined) throw new BadPlan(`there is no interface '${device}' to join ${group} on`);
  const value = { group, interface: at };
  if (hasInetForm(group)) {
    return { op: 'setsockopt', on, option: op === 'join' ? 'IP_ADD_MEMBERSHIP' : 'IP_DROP_MEMBERSHIP', value };
  }
  return { op: 'setsockopt', on, option: op === 'join' ? 'IPV6_JOIN_GROUP' : 'IPV6_LEAVE_GROUP', value };
}

/** The options of a new socket and their values, in the order in which they are set. */
function settings({ family, v6only, options, device }: Making): BatchKind['options'] {
  const all: BatchKind['options'] = options.map((option) => [OPTIONS[option].name, 1]);
  if (family === 'inet6' && v6only !== 'default') all.unshift(['IPV6_V6ONLY', v6only ? 1 : 0]);
  if (device !== undefined) all.push(['SO_BINDTODEVICE', device]);
  return all;
}

/**
 * The calls of one socket as one kind of a batch, so that one message can make thousands: its options, bind(), and
 * listen() or connect(). Steps of other processes, and later steps, are left out.
 * @param steps the steps of the socket; the first one makes it
 * @param peerPort where it connects to
 */
export function batchKind(protocol: Protocol, steps: readonly SocketStep[], peerPort = 0): BatchKind {
  const [first] = steps;
  const making = first === undefined ? undefined : makingOf(first);
  if (making === undefined) throw new RangeError('a kind of socket begins with the step that makes it');
  const own: BatchKind = {
    family: making.family,
    type: typeOf(protocolOf(making, protocol)),
    options: settings(making),
  };
  for (const step of steps) {
    if (step.op === 'bind') own.bind = step.address;
    if (step.op === 'listen') own.listen = BACKLOG;
    if (step.op === 'connect') own.connect = { address: reached(making, step.to), port: peerPort };
  }
  return own;
}
