import type { Spec } from '../../matrix/sockets.ts';
import type { BatchKind, Operation } from '../../protocol/messages.ts';

/** One batch: each kind once, and for each socket the place of its kind and its port. */
export function batchOf(
  specs: readonly Spec[],
  kindOf: (spec: Spec) => BatchKind,
  ports: readonly number[],
  as?: string,
): Operation {
  const places = new Map<Spec, number>();
  const kinds: BatchKind[] = [];
  const sockets: number[] = [];
  for (const [index, spec] of specs.entries()) {
    let place = places.get(spec);
    if (place === undefined) {
      place = kinds.push(kindOf(spec)) - 1;
      places.set(spec, place);
    }
    sockets.push(place, ports[index] ?? 0);
  }
  return { op: 'batch', ...(as === undefined ? {} : { as }), kinds, sockets };
}
