import { isMaking, usedBy, type Plan, type Step } from '../plan/plan.ts';
import { reachable, type BindAddress, type Vocabulary } from './vocabulary.ts';

/**
 * The plans that are simpler than a given one, the biggest cuts first: without half of its steps, without all steps of
 * one socket, without one step, and then with one step simpler.
 */
export function* smaller(plan: Plan, vocabulary: Vocabulary): IterableIterator<Plan> {
  for (const steps of shorter(plan.steps)) if (steps.length > 0) yield { ...plan, steps };
  for (const [place, step] of plan.steps.entries()) {
    for (const simpler of simplerSteps(step, plan.steps, vocabulary)) {
      yield { ...plan, steps: again(plan.steps.with(place, simpler), step, simpler) };
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
    const used = usedBy(step);
    if (step.op === 'probe' || used === undefined) return true;
    if ((!isMaking(step) || step.op === 'accept') && !made.has(used)) return false;
    made.add(step.socket);
    return true;
  });
}

type Bind = Extract<Step, { op: 'bind' }>;
type NewBind = Bind & { readonly makes: NonNullable<Bind['makes']> };

function isNewBind(step: Step): step is NewBind {
  return step.op === 'bind' && step.makes !== undefined;
}

/** The steps after a socket got another name: where the steps bind that socket again, they bind it to the new name too. */
function again(steps: readonly Step[], before: Step, now: Step): readonly Step[] {
  if (before.op !== 'bind' || now.op !== 'bind' || before.address === now.address) return steps;
  const { socket, address } = now;
  // A child has the name of its listener.
  const same = new Set([socket]);
  for (const step of steps) if (step.op === 'accept' && same.has(step.listener)) same.add(step.socket);
  return steps.map((step) =>
    step.op === 'bind' && !isNewBind(step) && same.has(step.socket) ? { ...step, address } : step,
  );
}

function* simplerSteps(step: Step, steps: readonly Step[], vocabulary: Vocabulary): IterableIterator<Step> {
  if (step.op === 'probe') {
    const { from, ...plain } = step;
    if (from !== undefined) yield plain;
    return;
  }
  if (step.op === 'close' && step.leaves !== undefined) {
    yield { op: 'close', socket: step.socket };
    return;
  }
  if (step.op === 'open') {
    if (step.owner !== 1) yield { ...step, owner: 1 };
    for (const option of step.options) yield { ...step, options: step.options.filter((other) => other !== option) };
    return;
  }
  if (step.op === 'connect' || step.op === 'accept') {
    const on = step.op === 'accept' ? step.listener : step.socket;
    const made = steps.find((other) => isNewBind(other) && other.socket === on);
    if (made === undefined || !isNewBind(made)) return;
    const addresses = reachable(nameOf(made), vocabulary);
    for (const to of addresses.slice(0, Math.max(addresses.indexOf(step.to), 0))) yield { ...step, to };
  }
  if (!isNewBind(step)) return;
  const { makes } = step;
  if (makes.device !== undefined) {
    const { device: _, ...untied } = makes;
    yield { ...step, makes: untied };
  }
  if (makes.owner !== 1) yield { ...step, makes: { ...makes, owner: 1 } };
  for (const option of makes.options) {
    yield { ...step, makes: { ...makes, options: makes.options.filter((other) => other !== option) } };
  }
  const own = nameOf(step);
  const known = vocabulary.names.findIndex(({ address, v6only }) => address === own.address && v6only === own.v6only);
  for (const { address, family, v6only } of vocabulary.names.slice(0, Math.max(known, 0))) {
    yield { ...step, makes: { ...makes, family, v6only }, address };
  }
}

function nameOf({ makes, address }: NewBind): BindAddress {
  return { family: makes.family, address, v6only: makes.v6only === true };
}
