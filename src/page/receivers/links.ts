import { spellStates, type ReceiverCorner } from '../../matrix/receivers/axes.ts';
import type { Corner } from '../../matrix/selection.ts';
import { spellSpec, type Spec } from '../../matrix/sockets.ts';
import { hrefOf } from '../place.ts';

/** The first part of the addresses of the view. */
export const RECEIVERS_VIEW = 'receivers';

/** The address of who receives of a pair of the matrix; null where its first socket is in a state that receives nothing. */
export function receiversHref({ protocol, state, uid, devices }: Corner, first: string, second: string): string | null {
  const states = RECEIVING[`${protocol} ${state}`];
  if (states === undefined) return null;
  return hrefOf(RECEIVERS_VIEW, '', { protocol, states, uid, devices, first, second });
}

/** The states of both sockets by protocol and state of the first. Over TCP the second of the matrix listens. */
const RECEIVING: Readonly<Record<string, string>> = {
  'udp bound': 'bound/bound',
  'udp connected': 'connected/bound',
  'tcp bound': 'bound/listening',
  'tcp listening': 'listening/listening',
};

/** The address of a pair in the bind matrix; null where that does not have it. */
export function matrixHref(corner: ReceiverCorner, first: Spec, second: Spec): string | null {
  const { protocol, states, uid, devices } = corner;
  const same = ([key, own]: [string, string]) => key.startsWith(protocol) && own === spellStates(states);
  const state = Object.entries(RECEIVING).find(same)?.[0].split(' ')[1];
  if (state === undefined) return null;
  const cell = `${spellSpec(first)}~${spellSpec(second)}`;
  return hrefOf('matrix', '', { protocol, state, uid, devices, cell, show: 'all' });
}
