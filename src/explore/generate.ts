import type * as FastCheck from 'fast-check';
import { hasInetForm, type Plan, type PlanOption, type Step } from '../plan/plan.ts';
import { smaller } from './smaller.ts';
import { randomSet } from './sets.ts';
import { isShared, pick, reachable, RIVALS, type BindAddress, type Vocabulary } from './vocabulary.ts';

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

/** The port of a TCP peer that is not there. */
const NO_ONE = 1;

/** A socket that the generator has made; a child has the name of its listener. */
interface Made {
  readonly socket: number;
  readonly owner: 1 | 2;
  readonly name: BindAddress;
  /** The options that are on. */
  readonly options: Set<PlanOption>;
  connected: boolean;
  /** Whether connect() chose its port, so that a disconnect takes it again. */
  readonly autobound: boolean;
  /** The address of its last TCP connect(), and whether one has failed. */
  last: string | undefined;
  failed: boolean;
}

function generate(random: Random, vocabulary: Vocabulary): Plan {
  const length = random.nextInt(SHORTEST, LONGEST);
  // A plan has few names, so that its sockets often want the same one.
  const names = Array.from({ length: random.nextInt(2, MOST_NAMES) }, () => pick(random, vocabulary.names));
  const steps: Step[] = [];
  const made: Made[] = [];
  const listeners: Made[] = [];
  const kinds = WEIGHTED[vocabulary.protocol].filter(
    (op) => (vocabulary.disconnects || op !== 'disconnect') && (vocabulary.devices.length > 0 || op !== 'tie'),
  );
  let next = 1;
  if (random.nextInt(1, AUTOBOUND) === 1) {
    const socket = autobind(random, pick(random, names), vocabulary);
    if (socket !== undefined) {
      steps.push(...socket.steps);
      made.push(socket.made);
      next += 1;
    }
  }
  while (steps.length < length) {
    const kind = pick(random, kinds);
    const among = amongst(kind, made, listeners, vocabulary);
    if (kind === 'bind' || among.length === 0) {
      const name = pick(random, names);
      const options = together(vocabulary.options.filter(() => random.nextInt(0, 1) === 1));
      // One owner is enough for most conflicts; with two owners, most binds simply fail.
      const owner = random.nextInt(0, 5) === 0 ? 2 : 1;
      const { address, family, v6only } = name;
      const tied = vocabulary.devices.length > 0 && random.nextInt(0, 7) === 0;
      const device = tied ? { device: pick(random, vocabulary.devices) } : {};
      steps.push({ op: 'bind', socket: next, makes: { owner, family, v6only, options, ...device }, address });
      made.push({
        socket: next,
        owner,
        name,
        options: new Set(options),
        connected: false,
        autobound: false,
        last: undefined,
        failed: false,
      });
      next += 1;
      continue;
    }
    const target = pick(random, among);
    const step = stepOn(kind, target, next, random, vocabulary);
    if (step.op === 'listen') listeners.push(target);
    if (step.op === 'connect' && step.port === undefined) target.connected = true;
    if (step.op === 'disconnect') target.connected = false;
    if (step.op === 'accept') {
      made.push({ ...target, socket: next, options: new Set(target.options), connected: true });
      next += 1;
    }
    if (step.op === 'close' || (step.op === 'disconnect' && target.autobound)) {
      made.splice(made.indexOf(target), 1);
      if (listeners.includes(target)) listeners.splice(listeners.indexOf(target), 1);
    }
    steps.push(step);
  }
  return { protocol: vocabulary.protocol, steps };
}

/** One plan of how many begins with a socket whose port connect() chooses; the others are bound to that port. */
const AUTOBOUND = 12;

/** A socket that is connected without a bind, of the kind that a name needs. */
function autobind(random: Random, { family, v6only }: BindAddress, vocabulary: Vocabulary) {
  const { options: known } = vocabulary;
  const name = { family, v6only, address: family === 'inet' ? '0.0.0.0' : '::' };
  const reached = reachable(name, vocabulary);
  if (reached.length === 0) return undefined;
  const options = together(known.filter(() => random.nextInt(0, 1) === 1));
  const to = pick(random, reached);
  const owner = random.nextInt(0, 5) === 0 ? 2 : 1;
  const steps: Step[] = [
    { op: 'open', socket: 1, owner, family, v6only, options },
    { op: 'connect', socket: 1, to },
  ];
  const made: Made = {
    socket: 1,
    owner,
    name,
    options: new Set(options),
    connected: true,
    autobound: true,
    last: to,
    failed: false,
  };
  return { steps, made };
}

/** The options that one socket can have together. */
function together(options: readonly PlanOption[]): readonly PlanOption[] {
  return options.includes('reuseaddr') ? options.filter((option) => option !== 'exclusive') : options;
}

/** The sockets to which an operation can be done. */
function amongst(
  kind: Kind,
  made: readonly Made[],
  listeners: readonly Made[],
  { broadcasts, sharedConnect }: Vocabulary,
): readonly Made[] {
  if (kind === 'shutdown') return listeners;
  if (kind === 'leave' || kind === 'peer-close') return made.filter(({ connected }) => connected);
  if (kind === 'connect' && !sharedConnect) return made.filter(({ name }) => !isShared(name.address, broadcasts));
  if (kind === 'accept') return listeners.filter(({ name }) => !isShared(name.address, broadcasts));
  // Only a privileged process may change a tie.
  return kind === 'tie' ? made.filter(({ owner }) => owner === 1) : made;
}

function stepOn(kind: Exclude<Kind, 'bind'>, target: Made, next: number, random: Random, vocabulary: Vocabulary): Step {
  const { protocol, devices, disconnects, options } = vocabulary;
  const { socket, name } = target;
  switch (kind) {
    case 'rebind':
      return { op: 'bind', socket, address: name.address };
    case 'set': {
      const option = pick(random, options);
      const rival = RIVALS[option];
      const value = random.nextInt(0, 1) === 1 && !(rival !== undefined && target.options.has(rival));
      if (value) target.options.add(option);
      else target.options.delete(option);
      return { op: 'set', socket, option, value };
    }
    case 'tie':
      return { op: 'set', socket, device: random.nextInt(0, 2) === 0 ? null : pick(random, devices) };
    case 'connect': {
      // A UDP socket can connect a second time; a TCP socket can connect where no one listens.
      const again = protocol === 'udp' && random.nextInt(0, 1) === 0;
      if (target.connected && !again) return { op: disconnects ? 'disconnect' : 'close', socket };
      const fails = protocol === 'tcp' && random.nextInt(0, 4) === 0;
      // On Linux a socket whose IPv4 connection was refused gets no answer over IPv6.
      const last = fails || target.failed ? target.last : undefined;
      const to = pick(
        random,
        reachable(name, vocabulary).filter((one) => last === undefined || hasInetForm(one) === hasInetForm(last)),
      );
      target.failed ||= fails;
      if (protocol === 'tcp') target.last = to;
      return { op: 'connect', socket, to, ...(fails ? { port: NO_ONE } : {}) };
    }
    case 'leave':
      return { op: 'close', socket, leaves: pick(random, vocabulary.leavings) };
    case 'accept':
      return { op: 'accept', socket: next, listener: socket, to: pick(random, reachable(name, vocabulary)) };
    default:
      return { op: kind, socket };
  }
}

/**
 * The operations that random plans are made of; `rebind` binds a socket that is there again, `tie` ties it to a device, and
 * `leave` is a close() that leaves a state.
 */
type Kind =
  | Extract<
      Step['op'],
      'bind' | 'set' | 'listen' | 'connect' | 'disconnect' | 'accept' | 'peer-close' | 'shutdown' | 'close'
    >
  | 'rebind'
  | 'tie'
  | 'leave';

/** How often each operation is drawn, as the number of its entries in a list. */
function weighted(weights: Partial<Record<Kind, number>>): readonly Kind[] {
  return Object.entries(weights).flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind as Kind));
}

const WEIGHTED = {
  udp: weighted({ bind: 24, rebind: 3, set: 7, tie: 2, listen: 1, connect: 7, disconnect: 2, close: 5 }),
  tcp: weighted({
    bind: 22,
    rebind: 3,
    set: 7,
    tie: 2,
    listen: 9,
    connect: 4,
    disconnect: 2,
    accept: 4,
    leave: 4,
    'peer-close': 1,
    shutdown: 1,
    close: 5,
  }),
} as const;
