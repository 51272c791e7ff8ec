import type { Answer } from './answer.ts';
import { differing, type Assumed } from './assumed.ts';
import type { Question } from './question.ts';

/** Another meaning of the text of a socket, and what it changes. */
export interface Otherwise {
  /** The place of the socket. */
  readonly socket: number;
  /** What the text may also mean: for example `v6only=1`. */
  readonly words: string;
  /** What the last socket gets then, and where. */
  readonly otherwise: Assumed['otherwise'];
}

/** The other meanings of what was written, each by itself, where one changes the answer. */
export function otherwiseIn(question: Question, answers: readonly Answer[]): Otherwise[] {
  const { readings } = question;
  const systems = answers.map(({ system }) => system);
  return readings.flatMap(({ otherwise }, socket): Otherwise[] => {
    if (otherwise === undefined || question.given !== undefined) return [];
    const changed = readings.map((reading, place) =>
      place === socket ? { ...reading, socket: otherwise.socket, plainWithoutDual: false } : reading,
    );
    const different = differing(answers, { ...question, readings: changed }, systems);
    return different.length === 0 ? [] : [{ socket, words: otherwise.words, otherwise: different }];
  });
}
