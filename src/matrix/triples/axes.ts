import type { Protocol } from '../../model/types.ts';

/** The states of the first two sockets when the third is bound, by protocol: of the first, and of the second. */
export const TRIPLE_STATES = {
  udp: ['bound/bound'],
  tcp: ['bound/bound', 'listening/bound', 'bound/listening', 'listening/listening'],
} as const satisfies Record<Protocol, readonly string[]>;
export type TripleState = (typeof TRIPLE_STATES)[Protocol][number];
export const ALL_TRIPLE_STATES: readonly TripleState[] = TRIPLE_STATES.tcp;

/** Which of the three sockets another user owns; with `same` all three have one owner. */
export const TRIPLE_UIDS = ['same', 'third', 'second', 'first'] as const;
type TripleUid = (typeof TRIPLE_UIDS)[number];

/** The three sockets, in the order in which they are bound. */
export const PLACES = ['first', 'second', 'third'] as const;
export type TriplePlace = (typeof PLACES)[number];

/** One value of each axis of the triples except the sockets. */
export interface TripleCorner {
  readonly protocol: Protocol;
  readonly state: TripleState;
  readonly uid: TripleUid;
}

/** The state that a socket of a triple is brought to. A third TCP socket listens, as the second socket of a pair does. */
export function stateOf({ protocol, state }: TripleCorner, place: TriplePlace): 'bound' | 'listening' {
  if (place === 'third') return protocol === 'tcp' ? 'listening' : 'bound';
  return state.split('/')[place === 'first' ? 0 : 1] === 'listening' ? 'listening' : 'bound';
}

/** The owner of a socket of a triple: 1, or 2 for the other user. */
export function ownerOf({ uid }: TripleCorner, place: TriplePlace): 1 | 2 {
  return uid === place ? 2 : 1;
}

/** A corner in words for people, for example `TCP, the first two listening/bound, the third another user's`. */
export function tripleInWords({ protocol, state, uid }: TripleCorner): string {
  const owners = uid === 'same' ? 'one owner' : `the ${uid} another user's`;
  return `${protocol.toUpperCase()}, the first two ${state}, ${owners}`;
}
