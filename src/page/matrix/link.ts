import type { Attributes, Child } from '../h.ts';
import type { Corner } from '../../matrix/selection.ts';

/** What a reader chooses again, by names; `undefined` takes a choice back. */
export type Changes = Readonly<Record<string, string | undefined>>;

/** Makes a link to this view with something else chosen. Followed, it changes the view where it stands. */
export type Link = (changes: Changes, attributes: Attributes, ...children: readonly Child[]) => HTMLElement;

/** The choice of a corner. */
export function toCorner({ protocol, state, uid, devices }: Corner): Changes {
  return { protocol, state, uid, devices };
}
