import { models } from '../model/index.ts';
import { claimsOf, overlap } from '../model/overlap.ts';
import { DEVICE_SYSTEMS, OPTION_KEYS, OPTIONS } from '../model/options.ts';
import type { Packet, Receivers } from '../model/receive/types.ts';
import type { Rule } from '../model/rules.ts';
import type { Options, Outcome, PresentSocket, Setting, SystemName } from '../model/types.ts';
import { unmapped } from '../model/address.ts';
import { Follower } from '../plan/follow.ts';
import { formatStep } from '../plan/notation.ts';
import { isReceiveOption } from '../plan/words.ts';
import { makingOf, type Making, type SocketStep } from '../plan/plan.ts';
import { isPossible } from '../plan/possible.ts';
import { makingFor } from '../plan/sockets.ts';
import { askedOf, PLAN_PORT, type AskedPlan } from './plan.ts';
import type { Reading } from './read.ts';
import { receivesOf, STAND_INS, type Receives } from './receives.ts';

/** The owner of a socket when no uid is given: one ordinary user, the same for all sockets. */
export const ORDINARY_UID = 1000;

/** The possible outcomes of one call, and why. */
interface Called {
  readonly outcomes: readonly Outcome[];
  readonly rule: Rule;
}

/** What a system does with the last socket. */
export interface Answer {
  readonly system: SystemName;
  readonly title: string;
  /** `unsure` where the model allows more than one outcome. */
  readonly works: 'yes' | 'no' | 'unsure';
  /** The call that decides: the one that is refused or unsure, and otherwise the last one that is judged. */
  readonly call: 'bind' | 'listen';
  readonly outcomes: readonly Outcome[];
  readonly rule: Rule;
  /** The place, among the sockets, of the socket that the rule looked at. */
  readonly holder?: number;
  readonly bind: Called;
  /** Only for TCP, and only if the bind can succeed. */
  readonly listen?: Called;
  /** Whether the name overlaps a name that is there, and still no rule found a conflict. */
  readonly despite: boolean;
  /** The places of sockets that the model itself would refuse; the answer still assumes that they are there. */
  readonly refused: readonly number[];
  /** Who receives once it is bound, for each address; empty where it is refused. */
  readonly receives: readonly Receives[];
  /** Notes on what was read differently on this system, or is not possible there. */
  readonly notes: readonly string[];
}

/** The sockets, and the question: the last socket is bound (and listens), the others are there. */
export interface Question {
  readonly readings: readonly Reading[];
  /** The steps on them, where a plan was given; without a plan, each is brought to its state, one after the other. */
  readonly given?: AskedPlan;
  /** The version of the Linux kernel; the newest known behaviour when left out. */
  readonly kernel?: string;
}

/** Asks one system's model. */
export function answerOf(system: SystemName, question: Question): Answer {
  const notes: string[] = [];
  const sockets = question.readings.map((reading, place) => socketOn(system, reading, place, notes));
  const next = sockets.at(-1);
  if (next === undefined) throw new RangeError('there is no socket to ask about');
  const { bind, listen, refused, present, port } = askedOn(system, question, sockets, notes);
  // Sockets of another port keep their places, but receive nothing here.
  const relevant = sockets.every((socket) => isRelevant(socket, next)) ? [...present, next] : [];
  const model = models[system];
  for (const place of refused) {
    notes.push(`socket ${place + 1} could not have been bound here as it is; it is taken to be there all the same`);
  }
  const decisive = listen !== undefined && isOk(bind) ? listen : bind;
  // A listen() that asks nothing explains nothing: the rule of the bind is the reason why it works.
  const told = decisive === listen && isOk(listen) ? bind : decisive;
  const called = ({ outcomes, rule }: Found): Called => ({ outcomes, rule: ruleOf(system, rule) });
  return {
    system,
    title: model.title,
    works: isOk(decisive) ? 'yes' : decisive.outcomes.includes('ok') ? 'unsure' : 'no',
    call: decisive === listen ? 'listen' : 'bind',
    outcomes: decisive.outcomes,
    rule: ruleOf(system, told.rule),
    ...(told.holder === undefined ? {} : { holder: told.holder }),
    bind: called(bind),
    ...(listen === undefined ? {} : { listen: called(listen) }),
    despite: told.rule === `${system}/free` && present.some((socket) => isOverlapping(system, socket, next)),
    refused,
    receives: decisive.outcomes.includes('ok') ? receivesOf(system, port, relevant) : [],
    notes,
  };
}

/** The result of a model; the holder is a place among the sockets. */
interface Found {
  readonly outcomes: readonly Outcome[];
  readonly rule: string;
  readonly holder?: number;
}

/** Has a model follow the steps, as if every step before the question worked. */
function askedOn(system: SystemName, question: Question, sockets: readonly PresentSocket[], notes: string[]) {
  const isSettled = question.given === undefined;
  const there = isSettled
    ? sockets.map((socket, place) => (place < sockets.length - 1 ? settled(socket) : socket))
    : sockets;
  const asked = question.given ?? askedOf(there);
  const { protocol } = asked.plan;
  const steps = asked.plan.steps.map((step) => {
    const place = asked.places.get(step.socket);
    return onSystem(
      step,
      place === undefined ? undefined : { now: there[place], given: question.readings[place]?.socket },
    );
  });
  const users = new Map(
    steps.flatMap((step) => {
      const [making, place] = [makingOf(step), asked.places.get(step.socket)];
      const socket = place === undefined ? undefined : there[place];
      return making === undefined ? [] : [[making, userOf(socket)] as const];
    }),
  );
  const setting = settingOf(steps, question.kernel);
  let follower = new Follower({
    protocol,
    port: PLAN_PORT,
    userOf: (making) => users.get(making) ?? userOf(undefined),
    simulate: () => models[system].simulate(setting),
  });
  const refused: number[] = [];
  let bind: Found | undefined;
  let listen: Found | undefined;
  for (const [index, step] of steps.entries()) {
    if (index > (asked.listen ?? asked.bind)) break;
    if (lacks(system, step)) {
      notes.push(`${models[system].title} has no such option: '${formatStep(step)}' is left out`);
      continue;
    }
    if (!isSettled && !isPossible(step, follower.sockets, protocol)) continue;
    const { allowed, after } = follower.step(step, 'ok');
    const place = allowed.holder === undefined ? undefined : asked.places.get(allowed.holder);
    const found: Found = {
      outcomes: allowed.outcomes,
      rule: allowed.rule ?? `${system}/free`,
      ...(place === undefined ? {} : { holder: place }),
    };
    const works = allowed.outcomes.includes('ok');
    if (index === asked.listen) listen = found;
    if (index === asked.bind) {
      bind = found;
      if (!works) break;
    } else if (step.op === 'bind' && !works) {
      const own = asked.places.get(step.socket);
      if (own !== undefined && !refused.includes(own)) refused.push(own);
    }
    follower = after;
  }
  if (bind === undefined) throw new RangeError('the socket that is asked about is not bound');
  const present = there.slice(0, -1).filter((_, place) => isThere(place, asked, follower));
  const last = asked.plan.steps[asked.bind]?.socket ?? 0;
  const port = { receivers: (packet: Packet) => placed(follower.receivers(last, packet), asked.places) };
  return { bind, ...(listen === undefined ? {} : { listen }), refused, present, port };
}

/** Receivers, with the places of the sockets instead of their numbers. */
function placed(found: Receivers | undefined, places: AskedPlan['places']): Receivers | undefined {
  if (found === undefined) return undefined;
  const outcomes = found.outcomes.map((outcome) =>
    typeof outcome === 'string' ? outcome : outcome.map((number) => places.get(number) ?? number),
  );
  return { ...found, outcomes };
}

/** Whether something of a socket is there when the last is bound. */
function isThere(place: number, { plan, bind, places }: AskedPlan, { sockets }: Follower): boolean {
  const isLeft = plan.steps
    .slice(0, bind)
    .some((step) => step.op === 'close' && step.leaves !== undefined && places.get(step.socket) === place);
  return isLeft || [...places].some(([number, own]) => own === place && sockets.has(number));
}

/** A step with its socket as it is on this system, where that differs from what was given. */
function onSystem(
  step: SocketStep,
  socket: { readonly now: PresentSocket | undefined; readonly given: PresentSocket | undefined } | undefined,
): SocketStep {
  const { now, given } = socket ?? {};
  if (now === undefined || given === undefined) return step;
  const making = makingOf(step);
  const makes = making === undefined ? undefined : madeAs(now, making);
  if (step.op === 'open' && makes !== undefined) return { op: step.op, socket: step.socket, ...makes };
  if (step.op !== 'bind') return step;
  const name = step.address === given.address ? { address: now.address } : {};
  return { ...step, ...name, port: now.port, ...(makes === undefined ? {} : { makes }) };
}

/** How a socket is made as it is on this system, with the owner, user and protocol that the plan gives it. */
function madeAs(now: PresentSocket, { owner, uid, protocol }: Making): Making {
  return {
    ...makingFor(now, owner),
    ...(uid === undefined ? {} : { uid }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}

/** Whether a step sets an option that the system does not have. */
function lacks(system: SystemName, step: SocketStep): boolean {
  if (step.op !== 'set') return false;
  if ('device' in step) return !DEVICE_SYSTEMS.includes(system);
  return isReceiveOption(step.option) ? system !== 'linux' : !OPTIONS[step.option].systems.includes(system);
}

/** The owner of a socket, in the form that the model takes. */
function userOf(socket: PresentSocket | undefined): Pick<PresentSocket, 'uid' | 'privileged'> {
  const uid = socket?.uid ?? ORDINARY_UID;
  return { uid, privileged: socket?.privileged ?? true };
}

/** Whether two sockets could conflict at all: names of different ports or protocols never do. */
export function isRelevant(socket: PresentSocket, asked: PresentSocket): boolean {
  return socket.protocol === asked.protocol && socket.port === asked.port;
}

/** Whether two names overlap, without asking what a system does about that. */
function isOverlapping(system: SystemName, one: PresentSocket, other: PresentSocket): boolean {
  const { v6onlyByDefault } = models[system];
  const claims = ({ family, address, v6only }: PresentSocket) => claimsOf(family, address, v6only ?? v6onlyByDefault);
  return isRelevant(one, other) && overlap(claims(one), claims(other));
}

/** A socket with defaults for what is not given: a TCP socket that is there listens, and a connection is local. */
export function settled(socket: PresentSocket): PresentSocket {
  if (socket.state === undefined) return socket.protocol === 'tcp' ? { ...socket, state: 'listening' } : socket;
  const { state } = socket;
  const isBare = state === 'bound' || state === 'listening' || state === 'shut-down';
  if (isBare || socket.local !== undefined) return socket;
  const wildcards: Readonly<Record<string, string>> = {
    '0.0.0.0': '127.0.0.1',
    '::': '::1',
    '::ffff:0.0.0.0': '::ffff:127.0.0.1',
  };
  const local = wildcards[socket.address];
  return local === undefined ? socket : { ...socket, local };
}

function isOk({ outcomes }: Found): boolean {
  return outcomes.length === 1 && outcomes[0] === 'ok';
}

function ruleOf(system: SystemName, id: string): Rule {
  const rule = models[system].rules.find((one) => one.id === id);
  if (rule === undefined) throw new RangeError(`the model of ${system} has no rule ${id}`);
  return rule;
}

/** The socket on one system: without the options that the system does not have. */
function socketOn(system: SystemName, { socket, plainWithoutDual }: Reading, place: number, notes: string[]) {
  const { title } = models[system];
  const who = `socket ${place + 1}`;
  const options: Options = Object.fromEntries(
    OPTION_KEYS.filter((key) => socket.options?.[key] === true).flatMap((key) => {
      if (OPTIONS[key].systems.includes(system)) return [[key, true]];
      notes.push(`${title} has no ${OPTIONS[key].name}: ${who} is taken without it`);
      return [];
    }),
  );
  const uid = socket.uid ?? ORDINARY_UID;
  let own: PresentSocket = {
    ...socket,
    options,
    uid,
    // The port is assumed to be allowed, unless the text says which user asks for it.
    privileged: socket.privileged ?? (socket.uid === undefined || uid === 0),
  };
  if (own.device !== undefined && !DEVICE_SYSTEMS.includes(system)) {
    notes.push(`${title} has no SO_BINDTODEVICE: ${who} is taken without it`);
    const { device: _, ...rest } = own;
    own = rest;
  }
  if (system === 'openbsd' && own.family === 'inet6' && own.v6only === false) {
    if (plainWithoutDual) {
      const { v6only: _, ...rest } = own;
      notes.push(`${title} has no dual-stack sockets: ${who} is taken for 0.0.0.0`);
      return { ...rest, family: 'inet', address: '0.0.0.0' } as const;
    }
    if (own.address === '::') {
      notes.push(`${title} keeps every IPv6 socket to IPv6: ${who} is taken with IPV6_V6ONLY=1`);
      return { ...own, v6only: true };
    }
  }
  return own;
}

/** Every named address is assumed to be an address of the machine; in 127.0.0.0/8, only the one that every system has. */
function settingOf(steps: readonly SocketStep[], kernel: string | undefined): Setting {
  const named = steps.flatMap((step) => (step.op === 'bind' ? [unmapped(step.address)] : []));
  const addresses = ['127.0.0.1', '::1', ...STAND_INS, ...named.filter((address) => !address.startsWith('127.'))];
  return { host: { addresses }, ...(kernel === undefined ? {} : { kernel }) };
}
