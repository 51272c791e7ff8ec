import type * as FastCheck from 'fast-check';
import type { Plan, Step } from '../plan/plan.ts';
import { smaller } from './smaller.ts';
import { randomSet } from './sets.ts';
import { pick, reachable, type BindAddress, type Vocabulary } from './vocabulary.ts';

/** fast-check, which is loaded only when it is needed. */
type Library = typeof FastCheck;
type Random = FastCheck.Random;

/** How many steps a random plan has. */
export const LONGEST = 8;
export const SHORTEST = 2;

/**
 * Random plans over a vocabulary, as an arbitrary of fast-check. Steps name their sockets, so that the rest of a plan
 * means the same when a step is taken away; for that reason the plans have their own way to shrink.
 */
export function plans(library: Library, vocabulary: Vocabulary): FastCheck.Arbitrary<Plan> {
  class Plans extends library.Arbitrary<Plan> {
    generate(random: Random): FastCheck.Value<Plan> {
      return new library.Value(
        vocabulary.probes === undefined
          ? generate(random, vocabulary)
          : randomSet(random, vocabulary, vocabulary.probes),
        undefined,
      );
    }

    canShrinkWithoutContext(value: unknown): value is Plan {
      return typeof value === 'object' && value !== null && 'steps' in value;
    }

    shrink(value: Plan): FastCheck.Stream<FastCheck.Value<Plan>> {
      return library.stream(smaller(value, vocabulary)).map((plan) => new library.Value(plan, undefined));
    }
  }
  return new Plans();
}

/** How many names a plan binds to at most. */
const MOST_NAMES = 5;

/** A socket that the generator has made; a child has the name of its listener. */
interface Made {
  readonly socket: number;
  readonly name: BindAddress;
  connected: boolean;
}

function generate(random: Random, vocabulary: Vocabulary): Plan {
  const length = random.nextInt(SHORTEST, LONGEST);
  // A plan has few names, so that its sockets often want the same one.
  const names = Array.from({ length: random.nextInt(2, MOST_NAMES) }, () => pick(random, vocabulary.names));
  const steps: Step[] = [];
  const made: Made[] = [];
  const listeners: Made[] = [];
  const kinds = WEIGHTED[vocabulary.protocol].filter((op) => vocabulary.disconnects || op !== 'disconnect');
  let next = 1;
  while (steps.length < length) {
    const kind = pick(random, kinds);
    const among = kind === 'accept' || kind === 'shutdown' ? listeners : made;
    if (kind === 'bind' || among.length === 0) {
      const name = pick(random, names);
      const options = vocabulary.options.filter(() => random.nextInt(0, 1) === 1);
      // One owner is enough for most conflicts; with two owners, most binds simply fail.
      const owner = random.nextInt(0, 5) === 0 ? 2 : 1;
      const { address, family, v6only } = name;
      steps.push({ op: 'bind', socket: next, makes: { owner, family, v6only, options }, address });
      made.push({ socket: next, name, connected: false });
      next += 1;
      continue;
    }
    const target = pick(random, among);
    const step = stepOn(kind, target, next, random, vocabulary);
    if (step.op === 'listen') listeners.push(target);
    if (step.op === 'connect') target.connected = true;
    if (step.op === 'accept') {
      made.push({ socket: next, name: target.name, connected: true });
      next += 1;
    }
    if (step.op === 'close') {
      made.splice(made.indexOf(target), 1);
      if (listeners.includes(target)) listeners.splice(listeners.indexOf(target), 1);
    }
    steps.push(step);
  }
  return { protocol: vocabulary.protocol, steps };
}

function stepOn(
  kind: Exclude<Kind, 'bind'>,
  target: Made,
  next: number,
  random: Random,
  { addresses, disconnects, options }: Vocabulary,
): Step {
  const { socket, name } = target;
  switch (kind) {
    case 'rebind':
      return { op: 'bind', socket, address: name.address };
    case 'set':
      return { op: 'set', socket, option: pick(random, options), value: random.nextInt(0, 1) === 1 };
    case 'connect':
      return target.connected
        ? { op: disconnects ? 'disconnect' : 'close', socket }
        : { op: 'connect', socket, to: pick(random, reachable(name, addresses)) };
    case 'accept':
      return { op: 'accept', socket: next, listener: socket, to: pick(random, reachable(name, addresses)) };
    default:
      return { op: kind, socket };
  }
}

/** The operations that random plans are made of; `rebind` binds a socket that is there again. */
type Kind =
  | Extract<Step['op'], 'bind' | 'set' | 'listen' | 'connect' | 'disconnect' | 'accept' | 'shutdown' | 'close'>
  | 'rebind';

/** How often each operation is drawn, as the number of its entries in a list. */
function weighted(weights: Partial<Record<Kind, number>>): readonly Kind[] {
  return Object.entries(weights).flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind as Kind));
}

const WEIGHTED = {
  udp: weighted({ bind: 24, rebind: 3, set: 7, listen: 1, connect: 7, disconnect: 2, close: 5 }),
  tcp: weighted({
    bind: 22,
    rebind: 3,
    set: 7,
    listen: 9,
    connect: 4,
    disconnect: 2,
    accept: 3,
    shutdown: 1,
    close: 5,
  }),
} as const;
