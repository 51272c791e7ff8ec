import { models } from '../model/index.ts';
import type { PresentSocket, SystemName } from '../model/types.ts';
import { advise, type Advice } from './advise.ts';
import { answerOf, isRelevant, settled, type Answer } from './answer.ts';
import { formatPlan } from '../plan/notation.ts';
import { BadPlan } from '../plan/bad-plan.ts';
import { isPlan, parsePlan } from '../plan/parse.ts';
import { askedOf, given, type GivenPlan } from './plan.ts';
import { readSocket, type Reading } from './read.ts';
import { spell } from './spell.ts';

export interface Wanted {
  /** The systems to ask; when left out, all that have models. */
  readonly systems?: readonly SystemName[];
  /** The version of the Linux kernel; the newest known behaviour when left out. */
  readonly kernel?: string;
}

/** A socket as it was read, in bind order; the question is about the last one. */
interface Taken extends Reading {
  /** In bindspec's own spelling. */
  readonly spelled: string;
}

/** The complete explanation of some sockets. */
export interface Explanation {
  readonly sockets: readonly Taken[];
  /** The same sockets as a plan, which `bindspec explore --replay` plays. */
  readonly plan: string;
  readonly answers: readonly Answer[];
  readonly advice: readonly Advice[];
}

/**
 * Says what happens, on every system, to the last of several sockets that are bound one after the other.
 * @param texts one text for each socket, or one plan
 * @throws Unreadable for a socket that can't be read, BadPlan for a plan that can't be read
 */
export function explain(texts: readonly string[], { systems, kernel }: Wanted = {}): Explanation {
  const plan = planIn(texts);
  const readings = plan?.readings ?? texts.map(readSocket);
  const question = {
    readings,
    ...(plan === undefined ? {} : { given: plan.asked }),
    ...(kernel === undefined ? {} : { kernel }),
  };
  const wanted = systems ?? (Object.keys(models) as SystemName[]);
  const answers = wanted.map((system) => answerOf(system, question));
  const sockets = plan === undefined ? takenFrom(readings) : readings.map(asTaken);
  const asked = plan?.asked ?? askedOf(sockets.map(({ socket }) => socket));
  return { sockets, plan: formatPlan(asked.plan), answers, advice: advise(question, answers) };
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

function takenFrom(readings: readonly Reading[]): Taken[] {
  const asked = readings.at(-1)?.socket;
  return readings.map((reading, place) => {
    const isLast = place === readings.length - 1;
    const socket = isLast ? withoutState(reading.socket) : settled(reading.socket);
    const notes = [...reading.notes];
    if (isLast) {
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
