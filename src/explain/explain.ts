import { models } from '../model/index.ts';
import type { PresentSocket, SystemName } from '../model/types.ts';
import { formatPlan } from '../plan/notation.ts';
import { BadPlan } from '../plan/bad-plan.ts';
import { isPlan, parsePlan } from '../plan/parse.ts';
import { advise } from './advise.ts';
import type { Also } from './also.ts';
import { otherwiseIn } from './alternatives.ts';
import { answerOf, isRelevant } from './answer.ts';
import { assumedIn } from './assumed.ts';
import { briefAnswer } from './brief.ts';
import { cautionsOf } from './cautions.ts';
import { chosenPortsNote } from './chosen-ports.ts';
import { inConfiguration } from './configuration.ts';
import type { Explanation, Taken, Wanted } from './explanation.ts';
import { findersOf } from './find.ts';
import { settled } from './on-system.ts';
import { askedOf, given, type GivenPlan } from './plan.ts';
import type { Question } from './question.ts';
import { reported } from './reported.ts';
import { readTexts } from './reader/read-texts.ts';
import type { Reading } from './reader/reading.ts';
import { spell } from './reader/spell.ts';
import { refusing } from './remedies.ts';
import { joined, NO_SETTINGS } from './reader/settings.ts';
import { stopsOf } from './stops.ts';
import { supposedFor } from './supposed.ts';

/**
 * Says what happens, on every system, to the last of several sockets that are bound one after the other.
 * @param texts one text for each socket, or one plan, or pasted lines of listings, configurations and error messages
 * @throws Unreadable for a text that names no socket, BadPlan for a plan that can't be read
 */
export function explain(texts: readonly string[], wanted: Wanted = {}): Explanation {
  const { questions, plan, leftOut } = questionsOf(texts, wanted);
  const [question, ...others] = questions;
  const last = question.readings.at(-1);
  const origin = last?.origin ?? question.readings.find((reading) => reading.origin !== undefined)?.origin;
  const told = last?.failure === undefined || last.failure.systems.length === 0 ? undefined : last.failure.systems;
  const systems = wanted.systems ?? told ?? origin?.systems ?? (Object.keys(models) as SystemName[]);
  const { asked, failing, later } = inConfiguration(question, systems);
  const parts = {
    ...partsOf(asked, systems, plan),
    also: [...failing, ...others].map((other) => alsoOf(other, wanted.systems ?? systems)),
    leftOut: [...leftOut, ...later],
    ...(wanted.systems === undefined && told === undefined && origin !== undefined ? { onlyBecause: origin.why } : {}),
  };
  return { answer: briefAnswer(parts), ...parts };
}

/** What the systems say of one question, without the answer in sentences. */
function partsOf(question: Question, systems: readonly SystemName[], plan?: GivenPlan) {
  const { readings, settings } = question;
  const last = readings.at(-1);
  const answers = systems.map((system) => answerOf(system, question));
  const sockets = plan === undefined ? takenFrom(readings, settings) : readings.map(asTaken);
  const asked = plan?.asked ?? askedOf(sockets.map(({ socket }) => socket));
  // Where a socket alone is refused everywhere, no other socket is the reason.
  const isRivaled =
    sockets.length === 1 && (last?.failure !== undefined || answers.some(({ works }) => works === 'yes'));
  const unexplained = last?.failure?.kind === 'in use' && answers.every(({ works }) => works === 'yes');
  const supposed = supposedFor(question, systems);
  return {
    sockets,
    settings: settings?.said ?? [],
    ...(question.sent === undefined ? {} : { sent: question.sent }),
    plan: formatPlan(asked.plan),
    answers,
    cautions: cautionsOf(question, answers),
    advice: advise(question, answers),
    ...(supposed === undefined ? {} : { supposed }),
    refusals: refusing(question, answers),
    assumed: assumedIn(question, answers),
    otherwise: otherwiseIn(question, answers),
    stops: stopsOf(question, systems),
    find: last !== undefined && (isRivaled || unexplained) ? findersOf(last, systems) : [],
  };
}

/** The answer to another error of the same texts. */
function alsoOf(question: Question, systems: readonly SystemName[]): Also {
  const parts = { ...partsOf(question, systems), also: [], leftOut: [] };
  const asked = parts.sockets.at(-1);
  if (asked === undefined) throw new RangeError('there is no socket to ask about');
  const { socket, spelled, failure } = asked;
  return { socket, spelled, ...(failure === undefined ? {} : { kind: failure.kind }), answer: briefAnswer(parts) };
}

/** The questions of the texts, the deciding one first: the sockets as they were read, on a machine with the known settings. */
function questionsOf(texts: readonly string[], wanted: Wanted) {
  const plan = planIn(texts);
  const read = plan === undefined ? readTexts(texts) : undefined;
  const settings = joined(read?.settings ?? NO_SETTINGS, wanted.settings ?? NO_SETTINGS);
  const question = (readings: readonly Reading[]): Question =>
    reported({
      readings,
      ...(plan === undefined ? {} : { given: plan.asked }),
      ...(wanted.kernel === undefined ? {} : { kernel: wanted.kernel }),
      ...(wanted.releases === undefined ? {} : { releases: wanted.releases }),
      settings,
      ...(wanted.sent === undefined ? {} : { sent: wanted.sent }),
    });
  const first = question(plan?.readings ?? withPorts(read?.readings ?? []));
  const others = (read?.others ?? []).map((readings) => question(withPorts(readings)));
  const questions: readonly [Question, ...Question[]] = [first, ...others];
  return { questions, plan, leftOut: read?.leftOut ?? [] };
}

/** The first of the ports that stand for those which the system has chosen; it is one of IANA's dynamic ports. */
const CHOSEN_PORT = 49_152;

/** A socket that is there has a port, also where port 0 was asked for; it is never that of another. */
function withPorts(readings: readonly Reading[]): readonly Reading[] {
  return readings.map((reading, place) => {
    if (reading.socket.port !== 0) return reading;
    if (place === readings.length - 1) {
      const note = 'port 0 asks the system to choose a free port: it never chooses one that conflicts';
      return { ...reading, notes: [...reading.notes, note] };
    }
    const port = CHOSEN_PORT + place;
    const note = `port 0 asks the system to choose: ${port} stands for the port that it chose`;
    return { ...reading, socket: { ...reading.socket, port }, notes: [...reading.notes, note] };
  });
}

function planIn(texts: readonly string[]): GivenPlan | undefined {
  const [text] = texts;
  if (!texts.some(isPlan) || text === undefined) return undefined;
  if (texts.length > 1) throw new BadPlan('a plan has all of its sockets in one text: give it alone, without others');
  return given(parsePlan(text));
}

function asTaken(reading: Reading): Taken {
  return { ...reading, spelled: spell(reading.socket) };
}

function takenFrom(readings: readonly Reading[], settings = NO_SETTINGS): Taken[] {
  const asked = readings.at(-1)?.socket;
  return readings.map((reading, place) => {
    const isLast = place === readings.length - 1;
    const socket = isLast ? withoutState(reading.socket) : settled(reading.socket);
    const notes = [...reading.notes];
    if (isLast) {
      const chosen = chosenPortsNote(socket.port, settings);
      if (chosen !== undefined) notes.push(chosen);
      const { state } = reading.socket;
      if (state !== undefined && state !== 'bound' && state !== 'listening') {
        notes.push(`it is the socket that is asked about, so that it is about to be bound and not '${state}'`);
      }
    } else {
      if (asked !== undefined && !isRelevant(socket, asked)) notes.push(apart(socket, asked));
      else if (reading.socket.state === undefined && socket.protocol === 'tcp') {
        notes.push("it is taken to be listening; write 'bound' or another state where it is not");
      }
      if (socket.local !== reading.socket.local) notes.push(`it is taken to be connected from ${socket.local}`);
    }
    return { ...reading, spelled: spell(socket), socket, notes };
  });
}

function withoutState(socket: PresentSocket): PresentSocket {
  const { state: _, local: __, ...rest } = socket;
  return rest;
}

function apart(socket: PresentSocket, asked: PresentSocket): string {
  return socket.protocol === asked.protocol
    ? 'it is on another port, and sockets on different ports never conflict, on any system'
    : `it is ${socket.protocol.toUpperCase()}, and UDP and TCP sockets never conflict, on any system`;
}
