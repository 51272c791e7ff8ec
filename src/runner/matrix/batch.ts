import type { Spec } from '../../matrix/sockets.ts';
import type { BatchKind, Operation, Result } from '../../protocol/messages.ts';
import { HarnessError } from '../../harness/harness-error.ts';

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

/** The answers of a batch, one for each socket. @throws HarnessError where the agent gave others. */
export function batchAnswers(result: Result | undefined, count: number): string[] {
  const { codes = [], legend = [] } = result ?? {};
  if (codes.length !== count) throw new HarnessError(`${count} sockets were answered with ${codes.length} codes`);
  return codes.map((code) => {
    const answer = legend[code];
    if (answer === undefined) throw new HarnessError(`an agent answered with code ${code}, which it did not explain`);
    return answer;
  });
}
