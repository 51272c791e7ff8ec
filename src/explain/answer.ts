import { models } from '../model/index.ts';
import { claimsOf, overlap } from '../model/overlap.ts';
import type { Rule } from '../model/rules.ts';
import type { Outcome, PresentSocket, SystemName } from '../model/types.ts';
import { askedOn, type FoundAnswer } from './ask.ts';
import { socketOn } from './on-system.ts';
import type { Question } from './question.ts';
import { receivesOf, type Receives } from './receives.ts';

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

/** An answer that does not say who receives. */
export type Decision = Omit<Answer, 'receives'>;

/** Asks one system's model. */
export function answerOf(system: SystemName, question: Question): Answer {
  const { sockets, present, next, port, decision } = decided(system, question);
  // Sockets of another port keep their places, but receive nothing here.
  const relevant = sockets.every((socket) => isRelevant(socket, next)) ? [...present, next] : [];
  const isPossible = decision.outcomes.includes('ok');
  const receives = isPossible ? receivesOf(system, port, relevant, question.sent) : [];
  const { notes, ...rest } = decision;
  return { ...rest, receives, notes };
}

/** Asks one system's model only whether the last socket works, for the many questions where no one asks who receives. */
export function decisionOf(system: SystemName, question: Question): Decision {
  return decided(system, question).decision;
}

function decided(system: SystemName, question: Question) {
  const notes: string[] = [];
  const sockets = question.readings.map((reading, place) => socketOn(system, reading, place, question, notes));
  const next = sockets.at(-1);
  if (next === undefined) throw new RangeError('there is no socket to ask about');
  const { bind, listen, refused, present, port } = askedOn(system, question, sockets, notes);
  const model = models[system];
  for (const place of refused) {
    notes.push(`socket ${place + 1} could not have been bound here as it is; it is taken to be there all the same`);
  }
  const decisive = listen !== undefined && isOk(bind) ? listen : bind;
  // A listen() that asks nothing explains nothing: the rule of the bind is the reason why it works.
  const told = decisive === listen && isOk(listen) ? bind : decisive;
  const called = ({ outcomes, rule }: FoundAnswer): Called => ({ outcomes, rule: ruleOf(system, rule) });
  const decision: Decision = {
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
    notes,
  };
  return { sockets, present, next, port, decision };
}

/** Whether two sockets could conflict at all: names of different ports or protocols never do. */
export function isRelevant(socket: PresentSocket, asked: PresentSocket): boolean {
  return socket.protocol === asked.protocol && socket.port === asked.port;
}

/** Whether two names overlap, without asking what a system does about that. */
export function isOverlapping(system: SystemName, one: PresentSocket, other: PresentSocket): boolean {
  const { v6onlyByDefault } = models[system];
  const claims = ({ family, address, v6only }: PresentSocket) => claimsOf(family, address, v6only ?? v6onlyByDefault);
  return isRelevant(one, other) && overlap(claims(one), claims(other));
}

function isOk({ outcomes }: FoundAnswer): boolean {
  return outcomes.length === 1 && outcomes[0] === 'ok';
}

function ruleOf(system: SystemName, id: string): Rule {
  const rule = models[system].rules.find((one) => one.id === id);
  if (rule === undefined) throw new RangeError(`the model of ${system} has no rule ${id}`);
  return rule;
}
