import type { MatrixSocket } from '../record/matrix.ts';
import { spellSpec, type Spec } from './sockets.ts';

/** A socket of a record, which has its name and its options side by side. */
export function specOf({ letters, ...name }: MatrixSocket): Spec {
  return { name, letters };
}

/** A socket of a record as people spell it, for example `0.0.0.0 A`. */
export function spellRecorded(socket: MatrixSocket): string {
  return spellSpec(specOf(socket));
}

/** The socket of a record that is spelled so; undefined where it has none. */
export function specSpelled(sockets: readonly MatrixSocket[], spelled: string): Spec | undefined {
  const found = sockets.find((socket) => spellRecorded(socket) === spelled);
  return found && specOf(found);
}
