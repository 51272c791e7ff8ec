import { models } from '../model/index.ts';
import { claimsOf, overlap } from '../model/overlap.ts';
import { DEVICE_SYSTEMS, OPTION_KEYS, OPTIONS } from '../model/options.ts';
import type { Rule } from '../model/rules.ts';
import type { Options, Outcome, PresentSocket, Prediction, Setting, SystemName } from '../model/types.ts';
import type { Reading } from './read.ts';
import { receivesOf, STAND_INS, type Receives } from './receives.ts';

/** Who owns a socket of which no uid is said: one ordinary user, the same for all. */
export const ORDINARY_UID = 1000;

/** What one call comes to, and why. */
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
  /** The call that decides: the one that is refused or unsure, or the one that is judged last. */
  readonly call: 'bind' | 'listen';
  readonly outcomes: readonly Outcome[];
  readonly rule: Rule;
  /** The place, among the sockets, of the one that the rule looked at. */
  readonly holder?: number;
  readonly bind: Called;
  /** Only for TCP, and only if the bind can succeed. */
  readonly listen?: Called;
  /** Whether the name overlaps one that is there, and yet no rule found anything in the way. */
  readonly despite: boolean;
  /** The places of sockets that the model itself would have refused, and that are taken to be there all the same. */
  readonly refused: readonly number[];
  /** Who receives once it is bound, address by address; nothing where it is refused. */
  readonly receives: readonly Receives[];
  /** What had to be read differently on this system, or could not be so there. */
  readonly notes: readonly string[];
}

/** What the sockets are, and what is asked: the last is bound (and listens), the others are there. */
export interface Question {
  readonly readings: readonly Reading[];
  /** The version of the Linux kernel; the newest known behaviour when left out. */
  readonly kernel?: string;
}

/** Asks one system's model. */
export function answerOf(system: SystemName, question: Question): Answer {
  const notes: string[] = [];
  const sockets = question.readings.map((reading, place) => socketOn(system, reading, place, notes));
  const asked = sockets.at(-1);
  if (asked === undefined) throw new RangeError('there is no socket to ask about');
  const present = sockets.slice(0, -1).map(settled);
  const { state: _, local: __, ...next } = asked;
  // Sockets of another port keep their places, and receive nothing here.
  const relevant = sockets.every((socket) => isRelevant(socket, asked)) ? [...present, next] : [];
  const model = models[system];
  const verdict = model.predict(present, next, settingOf(sockets, question.kernel));
  for (const place of verdict.refused) {
    notes.push(`socket ${place + 1} could not have been bound here as it is; it is taken to be there all the same`);
  }
  const { bind, listen } = verdict;
  const decisive = listen !== undefined && isOk(bind) ? listen : bind;
  // A listen() that asks nothing has nothing to tell: the rule of the bind is why it works.
  const told = decisive === listen && isOk(listen) ? bind : decisive;
  const called = ({ outcomes, rule }: Prediction): Called => ({ outcomes, rule: ruleOf(system, rule) });
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
    refused: verdict.refused,
    receives: decisive.outcomes.includes('ok') ? receivesOf(system, verdict.after, relevant) : [],
    notes,
  };
}

/** Whether two sockets could conflict at all: names of different ports or protocols never do. */
export function isRelevant(socket: PresentSocket, asked: PresentSocket): boolean {
  return socket.protocol === asked.protocol && socket.port === asked.port;
}

/** Whether two names overlap, whatever a system makes of that. */
function isOverlapping(system: SystemName, one: PresentSocket, other: PresentSocket): boolean {
  const { v6onlyByDefault } = models[system];
  const claims = ({ family, address, v6only }: PresentSocket) => claimsOf(family, address, v6only ?? v6onlyByDefault);
  return isRelevant(one, other) && overlap(claims(one), claims(other));
}

/** A socket as it is to be taken where nothing else is said: a TCP one that is there listens, a connection is local. */
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

function isOk({ outcomes }: Prediction): boolean {
  return outcomes.length === 1 && outcomes[0] === 'ok';
}

function ruleOf(system: SystemName, id: string): Rule {
  const rule = models[system].rules.find((one) => one.id === id);
  if (rule === undefined) throw new RangeError(`the model of ${system} has no rule ${id}`);
  return rule;
}

/** The socket as it would be on a system: without what the system does not have. */
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
    // Nobody said that the port can't be had, unless they said who asks for it.
    privileged: socket.uid === undefined || uid === 0,
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

/** Every address that is named is taken to be one of the machine's; of 127.0.0.0/8 only what every system has. */
function settingOf(sockets: readonly PresentSocket[], kernel: string | undefined): Setting {
  const named = sockets.map(({ address }) => address.replace(/^::ffff:(?=\d+\.)/, ''));
  const addresses = ['127.0.0.1', '::1', ...STAND_INS, ...named.filter((address) => !address.startsWith('127.'))];
  return { host: { addresses }, ...(kernel === undefined ? {} : { kernel }) };
}
