import { type Sequence, type Step } from './sequence.ts';
import { reachable, type Vocabulary } from './vocabulary.ts';

/**
 * The sequences that are simpler than a given one, the boldest first: without half of its steps, without all that one
 * socket does, without one step, and then with one step simpler.
 */
export function* smaller(sequence: Sequence, vocabulary: Vocabulary): IterableIterator<Sequence> {
  for (const steps of shorter(sequence.steps)) if (steps.length > 0) yield { ...sequence, steps };
  for (const [place, step] of sequence.steps.entries()) {
    for (const simpler of simplerSteps(step, sequence.steps, vocabulary)) {
      yield { ...sequence, steps: sequence.steps.with(place, simpler) };
    }
  }
}

function* shorter(steps: readonly Step[]): IterableIterator<readonly Step[]> {
  for (let size = Math.floor(steps.length / 2); size > 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < steps.length; from += size) yield consistent(without(steps, from, size));
  }
  for (let from = 0; from < steps.length; from += 1) yield consistent(without(steps, from, 1));
}

function without(steps: readonly Step[], from: number, count: number): readonly Step[] {
  return [...steps.slice(0, from), ...steps.slice(from + count)];
}

/** Leaves out the steps on sockets that are no longer made. */
function consistent(steps: readonly Step[]): readonly Step[] {
  const made = new Set<number>();
  return steps.filter((step) => {
    if (step.op !== 'bind' && !made.has(step.op === 'accept' ? step.listener : step.socket)) return false;
    made.add(step.socket);
    return true;
  });
}

function* simplerSteps(step: Step, steps: readonly Step[], vocabulary: Vocabulary): IterableIterator<Step> {
  if (step.op === 'connect' || step.op === 'accept') {
    const on = step.op === 'accept' ? step.listener : step.socket;
    const made = steps.find((other) => other.op === 'bind' && other.socket === on);
    if (made?.op !== 'bind') return;
    const places = reachable(made, vocabulary.addresses);
    for (const to of places.slice(0, Math.max(places.indexOf(step.to), 0))) yield { ...step, to };
  }
  if (step.op !== 'bind') return;
  if (step.owner === 2) yield { ...step, owner: 1 };
  for (const option of step.options) yield { ...step, options: step.options.filter((other) => other !== option) };
  const known = vocabulary.places.findIndex(
    ({ address, v6only }) => address === step.address && v6only === step.v6only,
  );
  for (const place of vocabulary.places.slice(0, Math.max(known, 0))) yield { ...step, ...place };
}
