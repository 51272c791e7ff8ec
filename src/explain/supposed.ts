import { advise } from './advise.ts';
import { answerOf } from './answer.ts';
import type { Question } from './question.ts';
import type { Reading } from './reader/reading.ts';
import type { Advice } from './judge.ts';
import { spell } from './reader/spell.ts';
import type { PresentSocket, SystemName } from '../model/types.ts';

/** What would help against a socket that no one named: one with the same name and the same options. */
export interface Supposed {
  readonly rival: PresentSocket;
  /** The rival in bindspec's own spelling. */
  readonly spelled: string;
  /** The rival is the first of two sockets in these, and the one that is asked about the second. */
  readonly advice: readonly Advice[];
}

/**
 * The advice where an error says that the name is in use and no other socket is named. Mostly the same program, or another of
 * its kind, has it: so the rival is taken to have the same name and the same options.
 */
export function supposedFor(question: Question, systems: readonly SystemName[]): Supposed | undefined {
  const [asked, ...more] = question.readings;
  if (asked?.failure?.kind !== 'in use' || more.length > 0 || question.given !== undefined) return undefined;
  const { failure: _, otherwise: __, ...plain } = asked;
  const rival: Reading = {
    ...plain,
    socket: { ...asked.socket, ...(asked.socket.protocol === 'tcp' ? { state: 'listening' as const } : {}) },
  };
  const supposed = { ...question, readings: [rival, asked] };
  const answers = systems.map((system) => answerOf(system, supposed));
  const advice = advise(supposed, answers).filter(({ helps }) => helps.length > 0);
  return advice.length === 0 ? undefined : { rival: rival.socket, spelled: spell(rival.socket), advice };
}
