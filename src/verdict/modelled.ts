import type { Axes, CellOf, Citation, Experiment, Provenance, System } from '../experiment/experiment.ts';
import type { Outcome } from '../experiment/outcome.ts';
import { numberOf, optionKey, planOfSockets } from '../experiment/planned-plan.ts';
import type { Came, PlannedSocket } from '../experiment/planned.ts';
import { models } from '../model/index.ts';
import { OPTIONS } from '../model/options.ts';
import type { Options, Prediction, Setting } from '../model/types.ts';
import { Follower } from '../plan/follow.ts';
import type { Making, SocketStep } from '../plan/plan.ts';
import { isPossible } from '../plan/possible.ts';
import { citedRule } from './cited-rule.ts';
import { documentedAddress, DOCUMENTED_OWN, versionSetting } from './documented-host.ts';
import { modelledScene } from './modelled-scene.ts';

/** What a system's model says of an experiment's binds, and which rule says it. */
export interface Modelled {
  readonly expect: unknown;
  readonly known: Provenance;
  readonly cite: readonly Citation[];
  /** The deciding rule, in words. */
  readonly because: string;
}

/** The outcome of a socket by a model, and why. */
interface Fate extends Came {
  readonly unverified: boolean;
  readonly because: string;
  readonly known: Provenance;
  readonly cite: Citation;
}

/**
 * The observation of an experiment's binds, or of its scene, if the model of a system is right; null if neither is its
 * question, or if only a hypothesis of the model could tell. `version` is the version of the system; without it, the newest one. Where
 * the model allows several outcomes, so does the expectation. The result names the rule of the first socket whose outcome
 * differs from Linux; if there is none, the rule of the last socket.
 */
export function modelledFor(
  experiment: Experiment,
  values: CellOf<Axes>,
  system: System,
  version?: string,
): Modelled | null {
  const { binds, receives } = experiment;
  if (receives !== undefined) return modelledScene(receives(values), system, version);
  if (binds === undefined) return null;
  const sockets = binds.sockets(values);
  const worlds = worldsOf({ system, setting: settingOf(sockets, system, version) }, sockets);
  if (worlds === null) return null;
  const [likeliest = []] = worlds;
  const [onLinux = []] = worldsOf({ system: 'linux', setting: settingOf(sockets, 'linux') }, sockets) ?? [];
  const fate = likeliest.find((one, place) => !isSame(one, onLinux[place])) ?? likeliest.at(-1);
  if (fate === undefined) return null;
  const expect = worlds.map((world) => binds.observed(world, values)).reduce<unknown>(either, undefined);
  return { expect, known: fate.known, cite: [fate.cite], because: fate.because };
}

function isSame(one: Came, other: Came | undefined): boolean {
  return one.outcome === other?.outcome && one.call === other.call;
}

/** The system whose model is asked. */
interface Asked {
  readonly system: System;
  readonly setting: Setting;
}

/**
 * The facts about the machine that the models need. An address that an experiment names by its digits is assumed to be
 * there.
 */
function settingOf(sockets: readonly PlannedSocket[], system: System, version?: string): Setting {
  const named = sockets.flatMap(({ on }) => (typeof on === 'string' ? [] : on.address.replace(/^::ffff:/, '')));
  return {
    host: { addresses: [...DOCUMENTED_OWN, ...named] },
    ...versionSetting(system, version),
  };
}

/**
 * Every combination of outcomes that the model allows for the sockets, the likeliest first; null where one of them
 * depends on a rule that no one has checked. The model follows the same plan as the trial plays.
 */
function worldsOf(asked: Asked, sockets: readonly PlannedSocket[]): Fate[][] | null {
  const { protocol, steps } = planOfSockets(sockets, { addressOf: documented, portOf: (number) => PORT + number });
  const simulate = () => models[asked.system].simulate(asked.setting);
  const userOf = ({ owner }: Making) => ({ uid: owner === 1 ? 0 : OTHER_UID });
  const follower = new Follower({ protocol, port: PORT, userOf, simulate });
  const worlds = fatesFrom({ asked, sockets, steps, protocol }, 0, { follower, fates: new Map() });
  return worlds?.map((fates) => [...sockets.keys()].flatMap((place) => fates.get(numberOf(place)) ?? [])) ?? null;
}

/** The plan that the model follows, and its question. */
interface Course {
  readonly asked: Asked;
  readonly sockets: readonly PlannedSocket[];
  readonly steps: readonly SocketStep[];
  readonly protocol: 'udp' | 'tcp';
}

/** The state before a step: what became of the sockets so far, by their numbers. */
interface Standing {
  readonly follower: Follower;
  readonly fates: ReadonlyMap<number, Fate>;
}

function fatesFrom(course: Course, index: number, standing: Standing): ReadonlyMap<number, Fate>[] | null {
  const step = course.steps[index];
  if (step === undefined) return [standing.fates];
  const all: ReadonlyMap<number, Fate>[] = [];
  for (const next of standingsAfter(course, step, standing)) {
    // A rule that no one has checked is a hypothesis, so nothing can be judged by it.
    const isUnverified = next.fates.get(step.socket)?.unverified === true;
    const worlds = isUnverified ? null : fatesFrom(course, index + 1, next);
    if (worlds === null) return null;
    all.push(...worlds);
  }
  return all;
}

/** The possible states after a step. */
function standingsAfter(
  { asked, sockets, protocol }: Course,
  step: SocketStep,
  { follower, fates }: Standing,
): Standing[] {
  const { system } = asked;
  const number = step.socket;
  const before = fates.get(number);
  const decides = step.op === 'bind' || (step.op === 'listen' && before?.call === 'bind');
  // A socket that could not be bound, or could not listen, is left alone.
  if (before !== undefined && before.outcome !== 'ok') return [{ follower, fates }];
  const socket = sockets[number - 1];
  const unset = step.op === 'bind' && socket !== undefined ? optionRefused(system, socket) : undefined;
  if (unset !== undefined) return [{ follower, fates: new Map(fates).set(number, unset) }];
  if (!isPossible(step, follower.sockets, protocol)) return [{ follower, fates }];
  if (!decides) return [{ follower: follower.step(step, 'ok').after, fates }];
  const { allowed } = follower.step(step);
  return allowed.outcomes.map((outcome) => {
    const found = { outcomes: allowed.outcomes, rule: allowed.rule ?? (`${system}/free` as const) };
    // A listen() that works explains nothing: the rule of the bind is the reason.
    const told =
      step.op === 'listen' && outcome === 'ok' && before !== undefined
        ? { ...before, call: 'listen' as const }
        : fateOf(system, found, outcome, step.op === 'bind' ? 'bind' : 'listen');
    return { follower: follower.step(step, outcome).after, fates: new Map(fates).set(number, told) };
  });
}

function fateOf(system: System, { rule: id }: Prediction, outcome: Prediction['outcomes'][number], call: Came['call']) {
  const rule = models[system].rules.find((one) => one.id === id);
  if (rule === undefined) throw new RangeError(`the model of ${system} has no rule ${id}`);
  const { prose: because, known, unverified = false } = rule;
  return { outcome: outcome satisfies Outcome, call, because, known, cite: citedRule(rule), unverified };
}

/** The source that says that a system does not have an option that others have. */
const LACKS: Partial<Record<System, { known: Provenance; cite: Citation }>> = {
  windows: { known: 'vendor', cite: { source: 'ms-options', where: 'the table' } },
  wine: { known: 'source', cite: { source: 'wine-server', where: 'the options' } },
};

/** The outcome of a socket that asks for an option that the system does not have, or not with that value. */
function optionRefused(system: System, { family, v6only, options = [] }: PlannedSocket): Fate | undefined {
  if (system === 'openbsd' && family === 'inet6' && v6only === 0) return NEVER_DUAL;
  const missing = options.map(optionKey).find((key) => !OPTIONS[key].systems.includes(system));
  return missing === undefined ? undefined : withoutOption(system, missing);
}

const NEVER_DUAL: Fate = {
  outcome: 'EINVAL',
  call: 'setsockopt',
  because: 'OpenBSD keeps every IPv6 socket to IPv6, so that IPV6_V6ONLY can’t be set to 0.',
  known: 'source',
  cite: { source: 'openbsd', where: 'sys/netinet6/ip6_output.c, ip6_ctloutput' },
  unverified: false,
};

/** An option that the system does not have: the system has no number for it, and the socket is not bound. */
function withoutOption(system: System, key: keyof Options): Fate {
  const said = LACKS[system];
  if (said === undefined) throw new RangeError(`no source says that ${system} lacks ${OPTIONS[key].name}`);
  const because = `${models[system].title} has no ${OPTIONS[key].name}, so that it can’t be set.`;
  return { outcome: 'not available here', call: 'setsockopt', because, ...said, unverified: false };
}

const OTHER_UID = 65_534;
const PORT = 8080;

function documented(family: PlannedSocket['family'], on: PlannedSocket['on']): string {
  return typeof on === 'string' ? documentedAddress(family, on) : on.address;
}

/** Two observations as one expectation that allows either, leaf by leaf. */
function either(one: unknown, other: unknown): unknown {
  if (one === undefined) return other;
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    return one.map((element, index) => either(element, other[index]));
  }
  if (isAlternative(one)) return one.oneOf.includes(other) ? one : { oneOf: [...one.oneOf, other] };
  if (isObject(one) && isObject(other)) {
    return Object.fromEntries(Object.entries(one).map(([key, value]) => [key, either(value, other[key])]));
  }
  return Object.is(one, other) ? one : { oneOf: [one, other] };
}

function isAlternative(value: unknown): value is { oneOf: unknown[] } {
  return isObject(value) && Array.isArray(value['oneOf']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
