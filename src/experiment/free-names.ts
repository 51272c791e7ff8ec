import type { Family } from '../protocol/messages.ts';
import type { NumberOption } from '../protocol/options.ts';
import type { Outcome } from './outcome.ts';
import { open, outcomeOf, prepareSockets } from './talk.ts';
import type { Trial } from './trial.ts';

/** Names that two sockets may meet at, and what each takes: an address of each family, or all of one or both. */
const NAMES = {
  'inet-wildcard': { family: 'inet', address: '0.0.0.0', v6only: null, takes: ['inet any'] },
  'inet-loopback': { family: 'inet', address: '127.0.0.1', v6only: null, takes: ['inet one'] },
  'inet6-wildcard': { family: 'inet6', address: '::', v6only: 1, takes: ['inet6 any'] },
  'dual-wildcard': { family: 'inet6', address: '::', v6only: 0, takes: ['inet any', 'inet6 any'] },
  'inet6-loopback': { family: 'inet6', address: '::1', v6only: 1, takes: ['inet6 one'] },
} as const satisfies Record<
  string,
  { family: Family; address: string; v6only: 0 | 1 | null; takes: readonly string[] }
>;
export type FreeName = keyof typeof NAMES;
export const FREE_NAMES = Object.keys(NAMES) as FreeName[];

/** Whether some traffic would be for both names. */
export function isSameTraffic(first: FreeName, second: FreeName): boolean {
  const families = (name: FreeName) => NAMES[name].takes.map((taken) => taken.split(' ')[0]);
  return families(first).some((family) => families(second).includes(family));
}

/** The options by which sockets share a port. */
export const SHARING = {
  none: [],
  SO_REUSEADDR: ['SO_REUSEADDR'],
  SO_REUSEPORT: ['SO_REUSEPORT'],
  both: ['SO_REUSEADDR', 'SO_REUSEPORT'],
} as const satisfies Record<string, readonly NumberOption[]>;
export const SHARING_OPTIONS = ['none', 'SO_REUSEADDR', 'SO_REUSEPORT', 'both'] as const;

/**
 * Binds a socket in a part of its own; returns the outcome of bind(), or of listen() where that is asked for and bind()
 * has worked; an option that the system does not have is an outcome. The socket stays.
 */
export async function boundIn(
  trial: Trial,
  part: string,
  {
    protocol,
    name,
    options,
    port,
    otherUser = false,
    listens = false,
  }: {
    protocol: 'udp' | 'tcp';
    name: FreeName;
    options: (typeof SHARING_OPTIONS)[number];
    port: number;
    otherUser?: boolean;
    listens?: boolean;
  },
): Promise<Outcome> {
  const { family, address, v6only } = NAMES[name];
  const player = await trial.part(part, { otherUser });
  const socket = player.fresh('socket');
  await prepareSockets(player, open(socket, protocol, family, v6only));
  const results = await player.attempt(
    ...SHARING[options].map((option) => ({ op: 'setsockopt', on: socket, option, value: 1 }) as const),
    { op: 'bind', on: socket, address, port },
    ...(listens ? [{ op: 'listen', on: socket } as const] : []),
  );
  return outcomeOf(results.at(-1));
}
