import type * as FastCheck from 'fast-check';
import { CHANGEABLE, LONGEST, SHORTEST, type Place, type Sequence, type Step } from './sequence.ts';
import { smaller } from './smaller.ts';
import { reachable, type Vocabulary } from './vocabulary.ts';

/** fast-check, which is loaded when it is needed only. */
type Library = typeof FastCheck;
type Random = FastCheck.Random;

/**
 * Random sequences over a vocabulary, as an arbitrary of fast-check. Steps name their sockets, so that what is left of a
 * sequence means the same when a step is taken away; that is why it shrinks in a way of its own.
 */
export function sequences(library: Library, vocabulary: Vocabulary): FastCheck.Arbitrary<Sequence> {
  class Sequences extends library.Arbitrary<Sequence> {
    generate(random: Random): FastCheck.Value<Sequence> {
      return new library.Value(generate(random, vocabulary), undefined);
    }

    canShrinkWithoutContext(value: unknown): value is Sequence {
      return typeof value === 'object' && value !== null && 'steps' in value;
    }

    shrink(value: Sequence): FastCheck.Stream<FastCheck.Value<Sequence>> {
      return library.stream(smaller(value, vocabulary)).map((sequence) => new library.Value(sequence, undefined));
    }
  }
  return new Sequences();
}

/** How many names a sequence binds to at most. */
const MOST_PLACES = 5;

/** What the generator knows of a socket that it has made. */
interface Made {
  readonly socket: number;
  readonly place: Place;
  connected: boolean;
}

function generate(random: Random, vocabulary: Vocabulary): Sequence {
  const length = random.nextInt(SHORTEST, LONGEST);
  // Few names a sequence, so that its sockets often want the same.
  const places = Array.from({ length: random.nextInt(2, MOST_PLACES) }, () => pick(random, vocabulary.places));
  const steps: Step[] = [];
  const made: Made[] = [];
  const listeners: Made[] = [];
  const kinds = WEIGHTED[vocabulary.protocol].filter((op) => vocabulary.disconnects || op !== 'disconnect');
  let next = 1;
  while (steps.length < length) {
    const kind = pick(random, kinds);
    const among = kind === 'accept' || kind === 'shutdown' ? listeners : made;
    if (kind === 'bind' || among.length === 0) {
      const place = pick(random, places);
      const options = CHANGEABLE.filter(() => random.nextBoolean());
      // One owner is enough for most conflicts; two make most of them simply fail.
      const owner = random.nextInt(0, 5) === 0 ? 2 : 1;
      steps.push({ op: 'bind', socket: next, owner, ...place, options });
      made.push({ socket: next, place, connected: false });
      next += 1;
      continue;
    }
    const target = pick(random, among);
    const step = stepOn(kind, target, next, random, vocabulary);
    if (step.op === 'listen') listeners.push(target);
    if (step.op === 'connect') target.connected = true;
    if (step.op === 'accept') {
      made.push({ socket: next, place: target.place, connected: true });
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
  kind: Exclude<Step['op'], 'bind'>,
  target: Made,
  next: number,
  random: Random,
  { addresses, disconnects }: Vocabulary,
): Step {
  const { socket, place } = target;
  switch (kind) {
    case 'set':
      return { op: 'set', socket, option: pick(random, CHANGEABLE), value: random.nextBoolean() };
    case 'connect':
      return target.connected
        ? { op: disconnects ? 'disconnect' : 'close', socket }
        : { op: 'connect', socket, to: pick(random, reachable(place, addresses)) };
    case 'accept':
      return { op: 'accept', socket: next, listener: socket, to: pick(random, reachable(place, addresses)) };
    default:
      return { op: kind, socket };
  }
}

/** How often each operation is drawn, as so many places in a list. */
function weighted(weights: Partial<Record<Step['op'], number>>): readonly Step['op'][] {
  return Object.entries(weights).flatMap(([op, weight]) => Array.from({ length: weight }, () => op as Step['op']));
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

function pick<T>(random: Random, list: readonly T[]): T {
  const index = random.nextInt(0, list.length - 1);
  const one = list[index];
  if (one === undefined) throw new RangeError('nothing to pick from');
  return one;
}
