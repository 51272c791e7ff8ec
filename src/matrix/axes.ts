import type { Protocol } from '../model/types.ts';

/** The questions about a pair, beside its two sockets. */
export const PROTOCOLS = ['udp', 'tcp'] as const satisfies readonly Protocol[];

/** The states of the first socket when the second is bound, by protocol. */
export const STATES = {
  udp: ['bound', 'connected'],
  tcp: ['bound', 'listening', 'connected', 'accepted', 'close-wait', 'time-wait'],
} as const satisfies Record<Protocol, readonly string[]>;
export type PairState = (typeof STATES)[Protocol][number];
export const ALL_STATES: readonly PairState[] = STATES.tcp;

export const UIDS = ['same', 'different'] as const;
export type Uid = (typeof UIDS)[number];

/**
 * The interfaces that the two sockets are tied to, for example `lo/none`. The value of pairs without devices is
 * `none/none`.
 */
export const NO_DEVICES = 'none/none';

/** The values of the axis of devices: each pair of none, the loopback interface, and an external one where it is known. */
export function devicesOf(external: string | null): string[] {
  const devices = ['none', 'lo', ...(external === null ? [] : [external])];
  return devices.flatMap((first) => devices.map((second) => `${first}/${second}`));
}

/** The two devices of a value of that axis, in the form that the models take. */
export function devicePair(value: string): readonly [string | undefined, string | undefined] {
  const [first = 'none', second = 'none'] = value.split('/');
  return [first === 'none' ? undefined : first, second === 'none' ? undefined : second];
}

/** Whether the first socket has or had a connection, so that it has a local address of its own. */
export function isConnected(state: PairState): boolean {
  return state !== 'bound' && state !== 'listening';
}
