import { decisionOf, isRelevant } from './answer.ts';
import type { Question } from './question.ts';
import type { Reading } from './reader/reading.ts';
import { nameOf } from './reader/spell.ts';
import type { SystemName } from '../model/types.ts';

/** The lines of one configuration, as its program binds them. */
interface Configuration {
  /** The question about the first line that is refused on some system, or about the last where none is. */
  readonly asked: Question;
  /** The questions about the further lines that are refused, each beside those that are bound. */
  readonly failing: readonly Question[];
  /** The lines that are bound after the first one that is refused, in words. */
  readonly later: readonly string[];
}

/**
 * A program binds the sockets of its configuration in their order, so the first that is refused is the one to ask about.
 * A question about anything else stays as it is.
 */
export function inConfiguration(question: Question, systems: readonly SystemName[]): Configuration {
  const { readings } = question;
  if (!isOfOneConfiguration(question)) return { asked: question, failing: [], later: [] };
  const bound: Reading[] = [];
  const failing: Question[] = [];
  const later: string[] = [];
  const beside = (reading: Reading): Question => {
    const there = bound.filter(({ socket }) => isRelevant(socket, reading.socket));
    return { ...question, readings: [...there, reading] };
  };
  for (const reading of readings) {
    const next = beside(reading);
    if (systems.every((system) => decisionOf(system, next).works === 'yes')) {
      bound.push(reading);
      if (failing.length > 0) later.push(`${nameOf(reading.socket)}, whose line comes later, and which is bound`);
    } else failing.push(next);
  }
  const [first, ...more] = failing;
  if (first !== undefined) return { asked: first, failing: more, later };
  const last = bound.pop();
  if (last === undefined) return { asked: question, failing, later };
  const asked = beside(last);
  const others = bound.length + 1 - asked.readings.length;
  const works =
    others === 1 ? 'a line on another port, which works too' : `${others} lines on other ports, which work too`;
  return { asked, failing, later: others === 0 ? [] : [works] };
}

/** Whether all sockets of a question are those of one configuration. */
export function isOfOneConfiguration({ readings, given }: Question): boolean {
  const [first, ...others] = readings;
  return (
    given === undefined &&
    first?.config !== undefined &&
    others.length > 0 &&
    others.every(({ config }) => config === first.config)
  );
}
